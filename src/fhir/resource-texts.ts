/**
 * The texts of the resources that a Bundle or Parameters holds, cut out of its own text without parsing anew.
 * https://hl7.org/fhir/R4/bundle.html, https://hl7.org/fhir/R4/parameters.html
 */
import type { Stepwise } from '../core/pauses.ts';
import { isArrayAt, isObjectAt, itemsOf, memberOf, skipSpace } from './json-text.ts';

/**
 * @param text JSON text that parses
 * @param list the element whose items have a `resource`
 * @returns for each item its resource's text; undefined where there is none
 */
export function* resourceTexts(text: string, list: 'entry' | 'parameter'): Stepwise<(string | undefined)[]> {
  const root = skipSpace(text, 0);
  const holder = isObjectAt(text, root) ? memberOf(text, root, list) : undefined;
  if (!holder || !isArrayAt(text, holder.value)) return [];
  const texts: (string | undefined)[] = [];
  for (const { start } of itemsOf(text, holder.value)) {
    const resource = isObjectAt(text, start) ? memberOf(text, start, 'resource') : undefined;
    texts.push(resource && text.slice(resource.value, resource.end));
    yield;
  }
  return texts;
}
