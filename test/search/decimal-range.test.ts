/**
 * Numbers of a search cover what rounds to them, to the digit; with an exponent, to one digit more: so R4's table has it.
 * https://hl7.org/fhir/R4/search.html#number
 */
import t from 'tap';
import { decimalRange } from '../../src/search/decimal-range.ts';

const covers: readonly (readonly [text: string, low: number, high: number])[] = [
  ['100', 99.5, 100.5],
  ['100.00', 99.995, 100.005],
  ['5.4', 5.35, 5.45],
  ['-5.4', -5.45, -5.35],
  ['0', -0.5, 0.5],
  ['1e2', 95, 105],
  ['1E+2', 95, 105],
  ['-1e2', -105, -95],
  ['1.0e2', 99.5, 100.5],
  ['5.4e-3', 0.005395, 0.005405],
  ['100e0', 99.95, 100.05],
  ['+7', 6.5, 7.5],
  ['0.1', 0.05, 0.15],
];

for (const [text, low, high] of covers) {
  const range = decimalRange(text);
  t.match(range, { value: Number(text), low, high }, `${text} covers ${low} to ${high}`);
}

t.match(decimalRange('250'), { nearLow: 225, nearHigh: 275 }, 'near is within a tenth');
t.match(decimalRange('1e2'), { nearLow: 90, nearHigh: 110 }, 'however it is written');
t.match(decimalRange('-10'), { nearLow: -11, nearHigh: -9 }, 'near a negative number too');

for (const text of ['', 'x', '1.', '.5', '1,5', '0x10', 'Infinity', '1e999', '--1', '1 ']) {
  t.equal(decimalRange(text), undefined, `'${text}' is no decimal`);
}
