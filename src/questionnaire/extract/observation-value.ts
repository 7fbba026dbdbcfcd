/**
 * The `value[x]` of an Observation for an answer: not every type of answer is one of an Observation's.
 * https://hl7.org/fhir/uv/sdc/extraction.html#observation-based-extraction
 */
import { isObject } from '../../fhir/resource.ts';
import { unitOf } from '../answer-from-value.ts';
import { type Answer, choiceOf, type FormItem } from '../form.ts';
import type { Json } from './extraction.ts';

type Conversion = (value: unknown, item: FormItem) => Json;

const conversions: Readonly<Record<string, Conversion>> = {
  Boolean: (value) => ({ valueBoolean: value }),
  Decimal: (value, item) => ({ valueQuantity: { value, ...unitOf(item) } }),
  Integer(value, item) {
    const unit = unitOf(item);
    return Object.keys(unit).length > 0 ? { valueQuantity: { value, ...unit } } : { valueInteger: value };
  },
  Date: (value) => ({ valueDateTime: value }),
  DateTime: (value) => ({ valueDateTime: value }),
  Time: (value) => ({ valueTime: value }),
  String: (value) => ({ valueString: value }),
  Uri: (value) => ({ valueString: value }),
  Coding: (value) => ({ valueCodeableConcept: { coding: [withoutExtension(value)] } }),
  Quantity: (value) => ({ valueQuantity: value }),
};

/** @returns undefined for an answer that no Observation can hold: an attachment, a reference */
export function observationValue(item: FormItem, answer: Answer): Json | undefined {
  const choice = choiceOf(answer.value, 'value');
  if (!choice || !Object.hasOwn(conversions, choice.type)) return undefined;
  return conversions[choice.type]?.(choice.value, item);
}

/** The weight of an answer belongs to the form. */
function withoutExtension(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { extension: _extension, ...rest } = value;
  return rest;
}
