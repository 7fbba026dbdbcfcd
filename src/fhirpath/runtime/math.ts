/**
 * Math functions.
 * http://hl7.org/fhirpath/#math-1
 */
import { ExpressionFault } from '../fault.ts';
import { decimalOf, format, round, toNumber } from './decimal.ts';
import { decimalNode, familyOf, integerInRange, integerNode, isDecimal, type Node } from './node.ts';
import { quantityNode, quantityOf } from './quantity.ts';

type MathFunction = (node: Node, parameter?: Node) => Node | undefined;

function numberOf(node: Node): number {
  if (typeof node.value !== 'number') throw new ExpressionFault(`A number was expected, not ${node.type}`);
  return node.value;
}

function abs(node: Node): Node | undefined {
  const quantity = familyOf(node.type) === 'quantity' ? quantityOf(node) : undefined;
  const text = node.text?.replace(/^-/, '');
  if (quantity) return quantityNode(Math.abs(quantity.value), quantity.unit, text);
  const value = Math.abs(numberOf(node));
  return isDecimal(node) ? decimalNode(value, text) : integerNode(value);
}

/** A result that is no number (a root of a negative one) is empty. */
function real(value: number): Node | undefined {
  return Number.isFinite(value) ? decimalNode(value) : undefined;
}

function rounded(node: Node, digits?: Node): Node {
  numberOf(node);
  const scale = digits === undefined ? 0 : numberOf(digits);
  if (!Number.isInteger(scale) || scale < 0) throw new ExpressionFault('The precision must not be negative');
  const result = round(decimalOf(node.value as number, node.text), scale);
  return decimalNode(toNumber(result), format(result));
}

function power(node: Node, exponent?: Node): Node | undefined {
  const value = numberOf(node) ** numberOf(exponent!);
  const whole = !isDecimal(node) && !isDecimal(exponent!) && Number.isInteger(value);
  return whole ? integerInRange(value) : real(value);
}

/** Quotients of logarithms miss whole results by a rounding error. There is no logarithm to base zero. */
function log(node: Node, base?: Node): Node | undefined {
  if (numberOf(base!) === 0) return undefined;
  return real(Number((Math.log(numberOf(node)) / Math.log(numberOf(base!))).toPrecision(15)));
}

/** With the number of parameters each takes at least and at most. */
export const mathFunctions: Readonly<Record<string, readonly [number, number, MathFunction]>> = {
  abs: [0, 0, abs],
  ceiling: [0, 0, (node) => integerInRange(Math.ceil(numberOf(node)))],
  floor: [0, 0, (node) => integerInRange(Math.floor(numberOf(node)))],
  truncate: [0, 0, (node) => integerInRange(Math.trunc(numberOf(node)))],
  round: [0, 1, rounded],
  exp: [0, 0, (node) => real(Math.exp(numberOf(node)))],
  ln: [0, 0, (node) => real(Math.log(numberOf(node)))],
  sqrt: [0, 0, (node) => real(Math.sqrt(numberOf(node)))],
  log: [1, 1, log],
  power: [1, 1, power],
};
