/** Patterns matched in linear time: the answers of JavaScript's own, without its worst cases. */
import fc from 'fast-check';
import t from 'tap';
import { isLinear, linearSearch } from '../../src/fhirpath/runtime/linear-pattern.ts';

const pieces = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\d',
  '\\w',
  '\\s',
  '\\.',
  '-',
  '^',
  '$',
  '\\b',
  '(a|b)',
  '(?:ab)?',
  '(a*b)+',
  '[a-c]{2}',
  '\\u0061',
  '(?<n>a)',
  '\\/',
  'a{1,3}',
  '(b|)*',
  'é',
  '\\p{L}',
);
const quantifiers = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,}', '+?');
const isPlace = (piece: string) => /^[\^$]$|^\\b$/.test(piece);
const patterns = fc
  .array(fc.tuple(pieces, quantifiers), { maxLength: 6 })
  .map((parts) => parts.map(([piece, times]) => (isPlace(piece) ? piece : piece + times)).join(''));
const texts = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '.', '-', '/', 'é', '𝒳'),
  maxLength: 12,
});

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'su') !== undefined;
  } catch {
    return false;
  }
}

t.test('finds what JavaScript finds', async (t) => {
  let found = 0;
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      fc.pre(isPattern(pattern));
      const own = new RegExp(pattern, 'su');
      const expected = [own.test(text), new RegExp(`^(?:${pattern})$`, 'su').test(text)];
      if (expected[0]) found++;
      const given = [linearSearch(pattern, text, false), linearSearch(pattern, text, true)];
      return given[0] === expected[0] && given[1] === expected[1];
    }),
    { numRuns: 3000 },
  );
  t.ok(found > 100, `${found} found`);
});

t.test('takes no longer where JavaScript takes for ever', async (t) => {
  const long = `${'a'.repeat(20_000)}!`;
  for (const pattern of ['^(a+)+$', '^(a|aa)+$', '^(.*)*x$', '^((a{1,9})*b)*$', '^([a-z]+[-]?)+$']) {
    const start = performance.now();
    t.equal(linearSearch(pattern, long, false), false, pattern);
    t.ok(performance.now() - start < 1000, `${pattern} in time`);
  }
});

t.test('says so when it has no answer', async (t) => {
  for (const pattern of ['(?=a)b', '(?<!a)b', '(a)\\1', '(?<n>a)\\k<n>', '(', '(a{900}){900}']) {
    t.notOk(isLinear(pattern), pattern);
    t.equal(linearSearch(pattern, 'a', false), undefined, pattern);
  }
  t.equal(linearSearch('(a{500})+', 'a'.repeat(1_000_000), false), undefined, 'too much work');
});
