/**
 * Literals.
 * http://hl7.org/fhirpath/#literals
 */
import { ExpressionFault } from '../fault.ts';
import { parseDateTime, parseTime } from '../runtime/date-time.ts';
import { calendarUnit } from '../runtime/quantity.ts';
import type { Tree } from '../tree.ts';
import { type Item, quoted, typedItem, type Writer } from './writer.ts';

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', f: '\f' };

/** The text between quotes, its escape sequences resolved. */
export function unquote(text: string): string {
  const inside = /^(['`])(.*)\1$/s.exec(text)?.[2];
  if (inside === undefined) return text;
  return inside.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, character: string) =>
    code === undefined ? (escapes[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** @returns undefined when the node is no literal; `{}` is none, as it has no value */
export function literalItem(w: Writer, node: Tree): Item | undefined {
  const text = node.text ?? '';
  switch (node.type) {
    case 'StringLiteral':
      return typedItem('System.String', quoted(unquote(text)));
    case 'BooleanLiteral':
      return typedItem('System.Boolean', text);
    case 'NumberLiteral':
      return numberItem(text);
    case 'LongNumberLiteral':
      return typedItem('System.Long', String(Number(text.slice(0, -1))));
    case 'QuantityLiteral':
      return quantityItem(w, node);
    case 'DateLiteral':
      return momentItem('System.Date', text.slice(1), parseDateTime);
    case 'DateTimeLiteral':
      return momentItem('System.DateTime', text.slice(1), parseDateTime);
    case 'TimeLiteral':
      return momentItem('System.Time', text.slice(2), parseTime);
    case 'PolarityExpression':
      return signedItem(w, node);
    default:
      return undefined;
  }
}

function numberItem(text: string): Item {
  const value = String(Number(text));
  if (!text.includes('.')) return typedItem('System.Integer', value);
  return { ...typedItem('System.Decimal', value), text: quoted(text) };
}

function signedItem(w: Writer, { text, children }: Tree): Item | undefined {
  const number = children![0]!;
  if (number.type !== 'NumberLiteral') return undefined;
  const item = literalItem(w, number)!;
  if (text === '+' || item.value === '0') return item;
  const written = item.text === undefined ? undefined : quoted(`-${number.text}`);
  return { ...item, value: `(-${item.value})`, text: written };
}

function quantityItem(w: Writer, { value = '', unit = "'1'" }: Tree): Item {
  const code = calendarUnit(unit) ?? unquote(unit);
  const constant = w.constant({ value: Number(value), unit: code });
  return { ...typedItem('System.Quantity', constant), text: quoted(value) };
}

function momentItem(type: string, written: string, parse: (text: string) => unknown): Item {
  const text = written.replace(/T$/, '');
  if (!parse(text)) throw new ExpressionFault('There is no such date or time');
  return typedItem(type, quoted(text));
}
