/**
 * The answer that an item takes from a value an expression yields.
 * https://hl7.org/fhir/uv/sdc/populate.html#expression-based-population
 */
import { isObject, objectsOf } from '../fhir/resource.ts';
import type { TypedValue } from '../fhirpath/expression.ts';
import { choiceOf, extensionValue, type FormItem } from './form.ts';

/** `{valueDecimal: 7}` and the like. */
export type AnswerValue = Readonly<Record<`value${string}`, unknown>>;

type Taker = (value: unknown, item: FormItem, type: string) => AnswerValue | undefined;

const unitUrl = 'http://hl7.org/fhir/StructureDefinition/questionnaire-unit';

const text =
  (suffix: string): Taker =>
  (value) =>
    typeof value === 'string' ? { [`value${suffix}`]: value } : undefined;

const takers: Readonly<Record<string, Taker>> = {
  boolean: (value) => (typeof value === 'boolean' ? { valueBoolean: value } : undefined),
  decimal: (value) => numberOf(value, 'valueDecimal'),
  integer: (value) => (Number.isInteger(quantityValue(value)) ? numberOf(value, 'valueInteger') : undefined),
  date: (value) => (typeof value === 'string' ? { valueDate: value.slice(0, 10) } : undefined),
  dateTime: text('DateTime'),
  time: text('Time'),
  string: (value) => (isObject(value) ? undefined : { valueString: String(value) }),
  text: (value) => (isObject(value) ? undefined : { valueString: String(value) }),
  url: text('Uri'),
  choice: chosen,
  'open-choice': (value, item, type) => chosen(value, item, type) ?? text('String')(value, item, type),
  quantity: quantityAnswer,
  reference: referenceAnswer,
  attachment: (value) => (isObject(value) ? { valueAttachment: value } : undefined),
};

/** @returns undefined when the item cannot take the value */
export function answerFromValue(item: FormItem, { type, value }: TypedValue): AnswerValue | undefined {
  if (value === undefined || value === null) return undefined;
  const taker = Object.hasOwn(takers, item.type) ? takers[item.type] : undefined;
  return taker?.(value, item, type);
}

function quantityValue(value: unknown): unknown {
  return isObject(value) ? value.value : value;
}

function numberOf(value: unknown, key: 'valueDecimal' | 'valueInteger'): AnswerValue | undefined {
  const number = quantityValue(value);
  return typeof number === 'number' ? { [key]: number } : undefined;
}

/** An option by its coding or its code; where nothing is listed, the coding itself. */
function chosen(value: unknown, item: FormItem, type: string): AnswerValue | undefined {
  const options = objectsOf(item.definition.answerOption).flatMap(
    (option) => choiceOf(option, 'value') ?? [],
  );
  if (isObject(value)) {
    const codings = Array.isArray(value.coding) ? value.coding.filter(isObject) : [value];
    const listed = codings.find((coding) =>
      options.some(
        ({ value: offered }) =>
          isObject(offered) && offered.code === coding.code && offered.system === coding.system,
      ),
    );
    const coding = listed ?? (options.length === 0 ? codings[0] : undefined);
    return coding && typeof coding.code === 'string' ? { valueCoding: bare(coding) } : undefined;
  }
  const option = options.find(({ value: offered }) =>
    isObject(offered) ? offered.code === value : offered === value,
  );
  if (option) {
    return { [`value${option.type}`]: isObject(option.value) ? bare(option.value) : option.value };
  }
  const isCode = type === 'code' && options.length === 0 && typeof value === 'string';
  return isCode ? { valueCoding: { code: value } } : undefined;
}

/** A coding without what only its option needs. */
function bare({ system, version, code, display }: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ system, version, code, display }).filter(([, part]) => part !== undefined),
  );
}

function quantityAnswer(value: unknown, item: FormItem): AnswerValue | undefined {
  if (isObject(value)) return typeof value.value === 'number' ? { valueQuantity: value } : undefined;
  if (typeof value !== 'number') return undefined;
  return { valueQuantity: { value, ...unitOf(item) } };
}

/** The unit that a form gives to a number, as parts of a Quantity. */
export function unitOf(item: FormItem): Record<string, unknown> {
  const unit = extensionValue(item.definition, unitUrl);
  if (!isObject(unit)) return {};
  const { system, code, display } = unit;
  const parts = { unit: display ?? code, system, code };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

function referenceAnswer(value: unknown): AnswerValue | undefined {
  if (!isObject(value)) return undefined;
  const { reference, resourceType, id } = value;
  if (typeof reference === 'string') return { valueReference: value };
  return typeof resourceType === 'string' && typeof id === 'string'
    ? { valueReference: { reference: `${resourceType}/${id}` } }
    : undefined;
}
