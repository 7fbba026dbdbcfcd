/**
 * A value in the shape that an element of a given type takes: a Coding as CodeableConcept, a text as Reference.
 * https://hl7.org/fhir/R4/datatypes.html
 */
import { isObject } from '../../fhir/resource.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import type { Json } from './extraction.ts';

type Shape = (value: unknown) => unknown;

const fromCoding: Shape = (value) => (isObject(value) ? value.code : value);

const shapes: Readonly<Record<string, Shape>> = {
  code: fromCoding,
  string: (value) => (isObject(value) ? (value.display ?? value.text ?? value.code) : value),
  CodeableConcept(value) {
    if (typeof value === 'string') return { text: value };
    return isObject(value) && !('coding' in value) && !('text' in value) ? { coding: [bare(value)] } : value;
  },
  Coding: (value) => (isObject(value) ? bare(value) : { code: value }),
  Reference(value) {
    if (typeof value === 'string') return { reference: value };
    const { resourceType, id } = isObject(value) ? value : {};
    return typeof resourceType === 'string' ? { reference: `${resourceType}/${String(id)}` } : value;
  },
  Quantity: (value) => (typeof value === 'number' ? { value } : value),
  date: (value) => (typeof value === 'string' ? value.slice(0, 10) : value),
};

/** @param type FHIR type of the element; undefined when it is not known */
export function elementValue({ value }: TypedValue, type: string | undefined): unknown {
  const shape = type !== undefined && Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  return shape ? shape(value) : value;
}

/** The weight of an answer belongs to the form. */
function bare({ extension: _extension, ...coding }: Json): Json {
  return coding;
}
