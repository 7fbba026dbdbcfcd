/** Under which JSON keys elements of a type are found, anywhere in any resource. */
import type { Registry } from './registry.ts';

/** @param types names of FHIR types */
export function elementKeys(registry: Registry, types: ReadonlySet<string>): ReadonlySet<string> {
  const keys = new Set<string>();
  const seen = new Set<string>();
  const visit = (typeName: string): void => {
    if (seen.has(typeName)) return;
    seen.add(typeName);
    for (const property of registry.model.type(typeName)?.properties ?? []) {
      for (const { key, type } of property.keys) {
        if (types.has(type)) keys.add(key);
        else visit(type);
      }
    }
  };
  for (const type of registry.resourceTypes) visit(type);
  return keys;
}
