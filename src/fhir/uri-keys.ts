/**
 * Which JSON properties hold a URI that may be a link: `reference` and every element of type uri, url, canonical,
 * oid or uuid. An identifier's value is a string and is none of them.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import type { Registry } from './registry.ts';

const uriTypes: ReadonlySet<string> = new Set(['uri', 'url', 'canonical', 'oid', 'uuid']);

/** JSON keys of all such elements of all resource types. */
function collectUriKeys(registry: Registry): ReadonlySet<string> {
  const keys = new Set(['reference']);
  const seen = new Set<string>();
  const visit = (typeName: string): void => {
    if (seen.has(typeName)) return;
    seen.add(typeName);
    for (const property of registry.model.type(typeName)?.properties ?? []) {
      for (const { key, type } of property.keys) {
        if (uriTypes.has(type)) keys.add(key);
        else visit(type);
      }
    }
  };
  for (const type of registry.resourceTypes) visit(type);
  return keys;
}

/** Whether a JSON key is one of them; they are collected when first asked for. */
export function uriTest(registry: Registry): (key: string) => boolean {
  let keys: ReadonlySet<string> | undefined;
  return (key) => {
    keys ??= collectUriKeys(registry);
    return keys.has(key);
  };
}
