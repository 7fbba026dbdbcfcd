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
