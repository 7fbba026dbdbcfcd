/**
 * What a resource says, for searches by words: its narrative without the markup, and every element that holds text.
 * Codes, identifiers of elements and references are no text; what is displayed with them is.
 * https://hl7.org/fhir/R4/search.html#content
 */
import { elementKeys } from '../fhir/element-keys.ts';
import type { Registry } from '../fhir/registry.ts';
import { isObject, type Resource } from '../fhir/resource.ts';
import type { TextEntry } from './index-entries.ts';

const textTypes: ReadonlySet<string> = new Set(['string', 'markdown']);
/** Of type string, but read by machines. */
const notText: readonly string[] = ['id', 'reference'];

/** @returns the texts of a resource; undefined when it has none */
export function createResourceTexts(registry: Registry): (resource: Resource) => TextEntry | undefined {
  let keys: ReadonlySet<string> | undefined;
  return (resource) => {
    // Not before there is something to index: a server that starts has other things to do.
    keys ??= textKeys(registry);
    const { text, ...rest } = resource;
    const div = isObject(text) && typeof text.div === 'string' ? text.div : '';
    const texts: string[] = [];
    collect(rest, keys, texts);
    if (div === '' && texts.length === 0) return undefined;
    // One after the other on lines of their own.
    return { narrative: withoutMarkup(div), content: texts.join('\n') };
  };
}

function textKeys(registry: Registry): ReadonlySet<string> {
  const keys = new Set(elementKeys(registry, textTypes));
  for (const key of notText) keys.delete(key);
  return keys;
}

function collect(value: Record<string, unknown>, keys: ReadonlySet<string>, into: string[]): void {
  for (const key in value) {
    const member = value[key];
    for (const item of Array.isArray(member) ? member : [member]) {
      if (typeof item === 'string') {
        if (keys.has(key)) into.push(item);
        else if (key === 'div') into.push(withoutMarkup(item));
      } else if (isObject(item)) collect(item, keys, into);
    }
  }
}

const tags = /<!--[\s\S]*?-->|<[^>]*>/g;
const references = /&(?:#x([0-9A-Fa-f]{1,6})|#(\d{1,7})|(\w{1,8}));/g;
const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function withoutMarkup(xhtml: string): string {
  return xhtml.replace(tags, ' ').replace(references, (_, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? ' ';
    const point = Number.parseInt(hex ?? decimal, hex === undefined ? 10 : 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : ' ';
  });
}
