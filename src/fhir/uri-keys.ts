/**
 * Which JSON properties hold a URI that may be a link: `reference` and every element of type uri, url, canonical,
 * oid or uuid. An identifier's value is a string and is none of them.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import { elementKeys } from './element-keys.ts';
import type { Registry } from './registry.ts';

const uriTypes: ReadonlySet<string> = new Set(['uri', 'url', 'canonical', 'oid', 'uuid']);

/** Whether a JSON key is one of them; they are collected when first asked for. */
export function uriTest(registry: Registry): (key: string) => boolean {
  let keys: ReadonlySet<string> | undefined;
  return (key) => {
    keys ??= elementKeys(registry, uriTypes);
    return key === 'reference' || keys.has(key);
  };
}
