/**
 * Folding of text for string searches, which ignore case, accents and the amount of white space.
 * https://hl7.org/fhir/R4/search.html#string
 */

const plain = /^[\x21-\x40\x5b-\x7e]+(?: [\x21-\x40\x5b-\x7e]+)*$/;
const marks = /\p{M}+/gu;
const whiteSpace = /\s+/g;

/** Lower case, without accents, white space collapsed to single spaces and trimmed. */
export function fold(text: string): string {
  if (plain.test(text)) return text;
  return text.normalize('NFKD').toLowerCase().replace(marks, '').replace(whiteSpace, ' ').trim();
}
