/**
 * Code systems that are grammars instead of lists: whether a text is well-formed in them.
 * https://hl7.org/fhir/R4/terminologies-systems.html
 */
import { createUnitTest, ucumSystem } from './ucum.ts';

/** By system. */
export type CodeGrammars = ReadonlyMap<string, (code: string) => boolean>;

/** Tags older than the grammar of BCP 47, which stay valid. https://www.rfc-editor.org/rfc/rfc5646#section-2.2.8 */
const olderTags =
  /^(?:en-gb-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)|sgn-(?:be-fr|be-nl|ch-de))$/i;

/** Each system with the forms of its codes. */
const patterns: readonly (readonly [system: string, ...RegExp[]])[] = [
  // BCP 47: language, script, region, variants, extensions, private use. No language has a subtag of more letters.
  [
    'urn:ietf:bcp:47',
    /^(?:[a-z]{2,3}(?:-[a-z]{3}){0,3})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?$|^x(?:-[a-z0-9]{1,8})+$/i,
    olderTags,
  ],
  // BCP 13: type/subtype with parameters.
  ['urn:ietf:bcp:13', /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9*][a-z0-9!#$&^_.+*-]*(?:\s*;.*)?$/i],
];

/** Longer codes are no codes, and cost more to test than an answer is worth. */
const longestCode = 200;

/** The grammars known here, each a test of a code. */
export function codeGrammars(): CodeGrammars {
  const tests: [string, (code: string) => boolean][] = patterns.map(([system, ...forms]) => [
    system,
    (code) => forms.some((form) => form.test(code)),
  ]);
  tests.push([ucumSystem, createUnitTest()]);
  return new Map(tests.map(([system, test]) => [system, (code) => code.length <= longestCode && test(code)]));
}

/**
 * Whether a text may be a code of LOINC: a number with its check digit, or that of a part, an answer or a list.
 * https://loinc.org/kb/faq/structure/
 */
export function mayBeLoinc(code: string): boolean {
  const [, number, digit] = /^([0-9]{1,7})-([0-9])$/.exec(code) ?? [];
  if (number === undefined) return /^(?:L[A-Z]|MTHU)[0-9]{1,9}(?:-[0-9])?$/.test(code);
  return checkDigit(number) === Number(digit);
}

/** Modulus 10: every other digit counts twice, from the last one on. */
function checkDigit(number: string): number {
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    const digit = Number(number[number.length - 1 - i]);
    sum += i % 2 === 0 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit]! : digit;
  }
  return (10 - (sum % 10)) % 10;
}
