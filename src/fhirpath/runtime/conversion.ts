/**
 * Conversion between types: `toInteger()`, `convertsToInteger()` and their like.
 * http://hl7.org/fhirpath/#conversion
 */
import { parseDateTime, parseTime } from './date-time.ts';
import {
  booleanNode,
  decimalNode,
  familyOf,
  integerInRange,
  isDecimal,
  isPrimitiveType,
  type Node,
  stringNode,
  toNode,
} from './node.ts';
import {
  calendarUnit,
  convert,
  convertCalendar,
  type Quantity,
  quantityNode,
  quantityOf,
  ucumCode,
} from './quantity.ts';

type Conversion = (node: Node, unit?: Node) => Node | undefined;

const trueTexts = new Set(['true', 't', 'yes', 'y', '1', '1.0']);
const falseTexts = new Set(['false', 'f', 'no', 'n', '0', '0.0']);
const integerPattern = /^[+-]?\d+$/;
const decimalPattern = /^[+-]?\d+(\.\d+)?$/;
const quantityPattern = /^([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-zA-Z]+))?$/;

/** The text of a string; dates and times are texts in JSON, but no strings. */
function stringIn({ type, value }: Node): string | undefined {
  return typeof value === 'string' && familyOf(type) === 'string' ? value : undefined;
}

function toBoolean(node: Node): Node | undefined {
  const { value } = node;
  if (typeof value === 'boolean') return booleanNode(value);
  if (typeof value !== 'number' && stringIn(node) === undefined) return undefined;
  const text = String(value).toLowerCase();
  if (trueTexts.has(text)) return booleanNode(true);
  return falseTexts.has(text) ? booleanNode(false) : undefined;
}

function toInteger(node: Node): Node | undefined {
  const whole = wholeNumber(node);
  return whole === undefined ? undefined : integerInRange(whole);
}

function toLong(node: Node): Node | undefined {
  const whole = wholeNumber(node);
  return whole === undefined ? undefined : toNode('System.Long', whole);
}

/** No decimal is converted to an integer, not even a whole one. */
function wholeNumber(node: Node): number | undefined {
  const { value } = node;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return isDecimal(node) ? undefined : value;
  const text = stringIn(node);
  return text !== undefined && integerPattern.test(text) ? Number(text) : undefined;
}

function toDecimal(node: Node): Node | undefined {
  const { value } = node;
  if (typeof value === 'boolean') return decimalNode(value ? 1 : 0, value ? '1.0' : '0.0');
  if (typeof value === 'number') return decimalNode(value, node.text);
  const text = stringIn(node);
  return text !== undefined && decimalPattern.test(text)
    ? decimalNode(Number(text), text.replace(/^\+/, ''))
    : undefined;
}

/** A date or the date of a date-time. */
function toDate({ type, value }: Node): Node | undefined {
  if (typeof value !== 'string' || familyOf(type) === 'time' || !parseDateTime(value)) return undefined;
  return toNode('System.Date', value.slice(0, 10).replace(/T$/, ''));
}

function toDateTime({ type, value }: Node): Node | undefined {
  if (typeof value !== 'string' || familyOf(type) === 'time' || !parseDateTime(value)) return undefined;
  return toNode('System.DateTime', value);
}

function toTime({ value }: Node): Node | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replace(/^T/, '');
  return parseTime(text) ? toNode('System.Time', text) : undefined;
}

function toText(node: Node): Node | undefined {
  const { type, value, text } = node;
  if (type === 'System.Quantity') return stringNode(quantityText(value as Quantity, text));
  if (familyOf(type) === 'quantity') {
    const quantity = quantityOf(node);
    return quantity && stringNode(quantityText(quantity));
  }
  return isPrimitiveType(type) ? stringNode(text ?? String(value)) : undefined;
}

function quantityText({ value, unit }: Quantity, text = String(value)): string {
  const word = calendarUnit(unit);
  if (word === undefined) return `${text} '${unit}'`;
  return `${text} ${word}${Math.abs(value) === 1 ? '' : 's'}`;
}

/** Texts with a unit, numbers and booleans as quantities of unit `1`; converted to another unit on request. */
function toQuantity(node: Node, unit?: Node): Node | undefined {
  const quantity = asQuantity(node);
  if (!quantity || unit === undefined) return quantity;
  const target = calendarUnit(String(unit.value)) ?? String(unit.value);
  const own = quantity.value as Quantity;
  if (calendarUnit(own.unit) !== undefined && calendarUnit(target) !== undefined) {
    if (own.unit === target) return quantity;
    return quantityNode(convertCalendar(own.value, own.unit, target), target);
  }
  const value = convert(own.value, ucumCode(own.unit), ucumCode(target));
  return value === undefined ? undefined : quantityNode(value, target);
}

function asQuantity(node: Node): Node | undefined {
  const { type, value, text } = node;
  if (type === 'System.Quantity') return node;
  if (typeof value === 'boolean') return quantityNode(value ? 1 : 0, '1', value ? '1.0' : '0.0');
  if (typeof value === 'number') return quantityNode(value, '1', text);
  const written = stringIn(node);
  if (written !== undefined) return parseQuantity(written);
  const quantity = familyOf(type) === 'quantity' ? quantityOf(node) : undefined;
  return quantity && quantityNode(quantity.value, quantity.unit);
}

function parseQuantity(text: string): Node | undefined {
  const match = quantityPattern.exec(text);
  if (!match) return undefined;
  const [, number = '', code, word] = match;
  const unit = code ?? (word === undefined ? '1' : calendarUnit(word));
  return unit === undefined ? undefined : quantityNode(Number(number), unit, number);
}

/** By the name of the type they convert to. */
export const conversions: Readonly<Record<string, Conversion>> = {
  Boolean: toBoolean,
  Integer: toInteger,
  Long: toLong,
  Decimal: toDecimal,
  Date: toDate,
  DateTime: toDateTime,
  Time: toTime,
  String: toText,
  Quantity: toQuantity,
};
