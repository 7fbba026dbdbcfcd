/**
 * Code systems that are grammars instead of lists: whether a text is well-formed in them.
 * https://hl7.org/fhir/R4/terminologies-systems.html
 */
const grammars: ReadonlyMap<string, RegExp> = new Map([
  // BCP 47: language, script, region, variants, extensions, private use.
  [
    'urn:ietf:bcp:47',
    /^(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?$|^x(?:-[a-z0-9]{1,8})+$/i,
  ],
  // BCP 13: type/subtype with parameters.
  ['urn:ietf:bcp:13', /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9*][a-z0-9!#$&^_.+*-]*(?:\s*;.*)?$/i],
]);

/** Longer codes are no codes, and cost more to test than an answer is worth. */
const longestCode = 200;

/** @returns undefined when the system is no grammar known here */
export function isWellFormed(system: string, code: string): boolean | undefined {
  const grammar = grammars.get(system);
  return grammar && code.length <= longestCode && grammar.test(code);
}
