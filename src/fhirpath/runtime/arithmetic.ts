/**
 * Operators on numbers, quantities, texts and dates.
 * http://hl7.org/fhirpath/#math
 */
import { ExpressionFault } from '../fault.ts';
import { addDuration } from './date-arithmetic.ts';
import * as decimal from './decimal.ts';
import {
  decimalNode,
  type Family,
  familyOf,
  integerInRange,
  isDecimal,
  type Node,
  stringNode,
  toNode,
} from './node.ts';
import { inOneUnit, productUnit, quantityNode, quantityOf, quotientUnit, ucumCode } from './quantity.ts';

/** Digits after the point that a result keeps, beyond what a number can hold. */
const maximumScale = 28;

type Operands = readonly [Node, Node];

/** `a + b`; undefined (empty) when a value is missing, units do not fit or the result leaves the range. */
export function plus(a: Node, b: Node): Node | undefined {
  return sum(a, b, 1);
}

/** `a - b` */
export function minus(a: Node, b: Node): Node | undefined {
  return sum(a, b, -1);
}

function sum(a: Node, b: Node, sign: 1 | -1): Node | undefined {
  if (a.value === undefined || b.value === undefined) return undefined;
  const left = familyOf(a.type);
  const right = familyOf(b.type);
  if (left === 'number' && right === 'number') {
    return numberNode([a, b], decimal.add(exact(a), sign > 0 ? exact(b) : decimal.negate(exact(b))));
  }
  if (left === 'string' && right === 'string' && sign > 0) return stringNode(`${a.value}${b.value}`);
  if (isMoment(left) && right === 'quantity') return shifted(a, left, b, sign);
  if (left === 'quantity' && isMoment(right) && sign > 0) return shifted(b, right, a, sign);
  if (left === 'quantity' || right === 'quantity') return quantitySum(a, b, sign);
  throw unfit(a, b);
}

function isMoment(family: Family): boolean {
  return family === 'date' || family === 'dateTime' || family === 'time';
}

const systemMoments: Partial<Record<Family, string>> = {
  date: 'System.Date',
  dateTime: 'System.DateTime',
  time: 'System.Time',
};

function shifted(moment: Node, family: Family, duration: Node, sign: 1 | -1): Node | undefined {
  const quantity = quantityOf(duration);
  if (!quantity) throw unfit(moment, duration);
  const text = addDuration(String(moment.value), family === 'time', quantity, sign);
  return text === undefined ? undefined : toNode(systemMoments[family]!, text);
}

/** The result has the finer of the two units. */
function quantitySum(a: Node, b: Node, sign: 1 | -1): Node | undefined {
  const left = quantityOf(a);
  const right = quantityOf(b);
  if (!left || !right) throw unfit(a, b);
  const inRight = inOneUnit({ ...right, value: 1 }, { ...left, value: 1 });
  if (!Array.isArray(inRight)) return undefined;
  const rightIsFiner = inRight[1] > 1;
  const [unit, pair] = rightIsFiner
    ? [right.unit, flipped(inOneUnit(right, left))]
    : [left.unit, inOneUnit(left, right)];
  if (!Array.isArray(pair)) return undefined;
  const total = decimal.add(decimal.decimalOf(pair[0]), decimal.decimalOf(sign * pair[1]));
  return quantityNode(decimal.toNumber(total), unit);
}

function flipped(pair: ReturnType<typeof inOneUnit>): ReturnType<typeof inOneUnit> {
  return Array.isArray(pair) ? [pair[1], pair[0]] : pair;
}

/** `a * b` */
export function times(a: Node, b: Node): Node | undefined {
  if (a.value === undefined || b.value === undefined) return undefined;
  if (areNumbers(a, b)) return numberNode([a, b], decimal.multiply(exact(a), exact(b)));
  const [left, right] = quantities(a, b);
  const product = decimal.multiply(decimal.decimalOf(left.value), decimal.decimalOf(right.value));
  return quantityNode(decimal.toNumber(product), productUnit(ucumCode(left.unit), ucumCode(right.unit)));
}

/** `a / b`: always a decimal; empty when the divisor is zero. */
export function dividedBy(a: Node, b: Node): Node | undefined {
  if (a.value === undefined || b.value === undefined) return undefined;
  if (areNumbers(a, b)) {
    if (b.value === 0) return undefined;
    const quotient = decimal.divide(exact(a), exact(b));
    return decimalNode(decimal.toNumber(quotient), decimal.format(quotient));
  }
  const [left, right] = quantities(a, b);
  if (right.value === 0) return undefined;
  const quotient = decimal.divide(decimal.decimalOf(left.value), decimal.decimalOf(right.value));
  return quantityNode(decimal.toNumber(quotient), quotientUnit(ucumCode(left.unit), ucumCode(right.unit)));
}

/** `a div b`: the whole part of the quotient. */
export function wholeQuotient(a: Node, b: Node): Node | undefined {
  if (a.value === undefined || b.value === undefined) return undefined;
  if (!areNumbers(a, b)) throw unfit(a, b);
  const { left, right } = aligned(a, b);
  return right === 0n ? undefined : integerInRange(Number(left / right));
}

/** `a mod b`: what the whole quotient leaves. */
export function remainder(a: Node, b: Node): Node | undefined {
  if (a.value === undefined || b.value === undefined) return undefined;
  if (!areNumbers(a, b)) throw unfit(a, b);
  const { left, right, scale } = aligned(a, b);
  return right === 0n ? undefined : numberNode([a, b], { units: left % right, scale });
}

/** `-a` */
export function negated(a: Node): Node | undefined {
  if (a.value === undefined) return undefined;
  const text = a.text === undefined ? undefined : negatedText(a.text, a.value);
  if (typeof a.value === 'number') return { ...toNode(systemNumber(a), -a.value || 0), text };
  const quantity = familyOf(a.type) === 'quantity' ? quantityOf(a) : undefined;
  if (!quantity) throw new ExpressionFault(`A sign applies to a number or quantity, not to ${a.type}`);
  return quantityNode(-quantity.value, quantity.unit, text);
}

/** Zero has no sign. */
function negatedText(text: string, value: unknown): string {
  return text.startsWith('-') ? text.slice(1) : value === 0 ? text : `-${text}`;
}

/** `+a` */
export function signed(a: Node): Node {
  if (typeof a.value === 'number' || familyOf(a.type) === 'quantity') return a;
  throw new ExpressionFault(`A sign applies to a number or quantity, not to ${a.type}`);
}

function areNumbers(a: Node, b: Node): boolean {
  return familyOf(a.type) === 'number' && familyOf(b.type) === 'number';
}

function quantities(a: Node, b: Node) {
  const fits = [a, b].every(({ type }) => ['number', 'quantity'].includes(familyOf(type)));
  const [left, right] = fits ? [quantityOf(a), quantityOf(b)] : [undefined, undefined];
  if (!left || !right) throw unfit(a, b);
  return [left, right] as const;
}

function exact(node: Node): decimal.Decimal {
  return decimal.decimalOf(node.value as number, node.text);
}

function aligned(a: Node, b: Node): { left: bigint; right: bigint; scale: number } {
  const [x, y] = [exact(a), exact(b)];
  const scale = Math.max(x.scale, y.scale);
  return { left: decimal.rescale(x, scale), right: decimal.rescale(y, scale), scale };
}

/** Whole numbers stay whole; one decimal makes the result a decimal, one long number a long one. */
function numberNode(operands: Operands, result: decimal.Decimal): Node | undefined {
  const exact = result.scale > maximumScale ? decimal.trim(decimal.round(result, maximumScale)) : result;
  const value = decimal.toNumber(exact);
  if (operands.some(isDecimal)) return decimalNode(value, decimal.format(exact));
  return operands.some(isLong) ? toNode('System.Long', value) : integerInRange(value);
}

function systemNumber(node: Node): string {
  if (isDecimal(node)) return 'System.Decimal';
  return isLong(node) ? 'System.Long' : 'System.Integer';
}

function isLong({ type }: Node): boolean {
  return type === 'System.Long';
}

function unfit(a: Node, b: Node): ExpressionFault {
  return new ExpressionFault(`The operator does not apply to ${a.type} and ${b.type}`);
}
