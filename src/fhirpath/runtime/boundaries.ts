/**
 * The least and the greatest value that a written value may stand for, and its precision.
 * http://hl7.org/fhirpath/#lowboundaryprecision-integer-decimal--date--datetime--time
 */
import {
  daysInMonth,
  formatDateTime,
  formatTime,
  type Moment,
  parseDateTime,
  parseTime,
} from './date-time.ts';
import { type Decimal, decimalOf, format, rescale, toNumber } from './decimal.ts';
import { decimalNode, familyOf, integerNode, type Node, toNode } from './node.ts';
import { quantityNode, quantityOf } from './quantity.ts';

/** Digits up to year, month, day, hour, minute and millisecond. */
const dateDigits = [4, 6, 8, 10, 12, 17];
const timeDigits = [2, 4, 9];
const maximumScale = 28;
const defaultScale = 8;

/**
 * `lowBoundary()` and `highBoundary()`.
 * @param precision digits wanted; undefined for the default of the type
 * @returns undefined when the precision cannot be had
 */
export function boundary(node: Node, precision: number | undefined, high: boolean): Node | undefined {
  switch (familyOf(node.type)) {
    case 'number': {
      const result = decimalBoundary(node.value as number, node.text, precision, high);
      return result && decimalNode(toNumber(result), signedText(node, result));
    }
    case 'quantity': {
      const quantity = quantityOf(node);
      const result = quantity && decimalBoundary(quantity.value, node.text, precision, high);
      return result && quantityNode(toNumber(result), quantity.unit, signedText(node, result));
    }
    case 'date':
      return momentBoundary(String(node.value), 'System.Date', precision ?? 8, high);
    case 'dateTime':
      return momentBoundary(String(node.value), 'System.DateTime', precision ?? 17, high);
    case 'time':
      return momentBoundary(String(node.value), 'System.Time', precision ?? 9, high);
    default:
      return undefined;
  }
}

/** A boundary of a negative number that is cut to zero keeps its sign. */
function signedText({ value }: Node, result: Decimal): string {
  const text = format(result);
  return typeof value === 'number' && value < 0 && result.units === 0n ? `-${text}` : text;
}

/** Half a unit of the last digit on either side; at a coarser precision cut off below, rounded above. */
function decimalBoundary(
  value: number,
  text: string | undefined,
  precision = defaultScale,
  high: boolean,
): Decimal | undefined {
  if (precision < 0 || precision > maximumScale) return undefined;
  const written = decimalOf(value, text);
  const negative = value < 0 || Object.is(value, -0);
  const magnitude = written.units < 0n ? -written.units : written.units;
  const outward = high !== negative;
  const edge = { units: magnitude * 10n + (outward ? 5n : -5n), scale: written.scale + 1 };
  const size = outward ? roundedHalfUp(edge, precision) : cut(edge, precision);
  return { units: negative ? -size : size, scale: precision };
}

function cut(value: Decimal, scale: number): bigint {
  return value.scale <= scale ? rescale(value, scale) : value.units / 10n ** BigInt(value.scale - scale);
}

function roundedHalfUp(value: Decimal, scale: number): bigint {
  if (value.scale <= scale) return rescale(value, scale);
  const unit = 10n ** BigInt(value.scale - scale);
  return (value.units + unit / 2n) / unit;
}

function momentBoundary(text: string, type: string, digits: number, high: boolean): Node | undefined {
  const time = type === 'System.Time';
  const count = (time ? timeDigits : dateDigits).indexOf(digits) + 1;
  const moment = time ? parseTime(text) : parseDateTime(text);
  if (count === 0 || !moment || (type === 'System.Date' && count > 3)) return undefined;
  const parts = moment.parts.slice(0, count);
  const clockFrom = time ? 0 : 3;
  while (parts.length < count) {
    parts.push(
      parts.length < clockFrom ? datePart(parts, high) : high ? clockEnd[parts.length - clockFrom]! : 0,
    );
  }
  const filled: Moment = { parts, zone: moment.zone, fraction: parts.length === clockFrom + 3 ? 3 : -1 };
  return toNode(type, time ? formatTime(filled) : formatDateTime(filled));
}

const clockEnd = [23, 59, 59_999];

function datePart(parts: readonly number[], high: boolean): number {
  if (!high) return 1;
  return parts.length === 1 ? 12 : daysInMonth(parts[0]!, parts[1]!);
}

/** `precision()`: digits of a date or time, digits after the point of a decimal. */
export function precisionOf(node: Node): Node | undefined {
  const family = familyOf(node.type);
  if (family === 'number') return integerNode(decimalOf(node.value as number, node.text).scale);
  if (family === 'date' || family === 'dateTime') {
    const moment = parseDateTime(String(node.value));
    return moment && integerNode(dateDigits[moment.parts.length - 1]! - missingFraction(moment, 6));
  }
  if (family !== 'time') return undefined;
  const moment = parseTime(String(node.value));
  return moment && integerNode(timeDigits[moment.parts.length - 1]! - missingFraction(moment, 3));
}

function missingFraction({ parts, fraction }: Moment, full: number): number {
  return parts.length === full ? 3 - Math.min(fraction, 3) : 0;
}
