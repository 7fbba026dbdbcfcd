/**
 * Paragraphs and rows in a row: software writes most narratives, and most of what it writes is a line after the other,
 * with a word or two in bold. The engine's patterns read those at a fraction of what it costs to look at each tag.
 * https://hl7.org/fhir/R4/narrative.html#xhtml
 */
import { elements } from './narrative-structure.ts';

/** Text without entities. */
const text = '[^<&]*';
const space = '[\\t-\\r ]*';
/** One attribute that any element may have, and that leads nowhere. */
const attribute = '(?: (?:class|style|title)="[^"<&]*")?';
const inline = 'b i em strong code span a'.split(' ').map((name) => `${name}${attribute}>${text}</${name}`);
const line = `${text}(?:<(?:${inline.join('|')})>${text})*`;
const row = `<tr${attribute}>${space}(?:<td${attribute}>${line}</td>${space})*</tr>`;

/** So many at once: what is remembered on the way, to go back if need be, is bounded by it. */
const most = 16;
const repeated = (one: string) => new RegExp(`(?:${one}${space}){1,${most}}`, 'y');

const patterns: Readonly<Record<string, RegExp>> = {
  p: repeated(`<p${attribute}>${line}</p>`),
  tr: repeated(row),
};
const runs = elements.names.map((name) => patterns[name]);

/**
 * The place after a run of elements of one kind, and the white space behind it, that begins at a place of a text: of
 * such as have no entities, hold nothing that has no place there, and are closed.
 * @param element number of the first one
 * @returns the place itself where there is no such run
 */
export function pastRun(element: number, narrative: string, at: number): number {
  const run = runs[element];
  if (run === undefined) return at;
  run.lastIndex = at;
  return run.test(narrative) ? run.lastIndex : at;
}
