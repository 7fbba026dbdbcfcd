/**
 * What a canonical URL leads to, as far as it is known here.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import type { Compilation } from '../compilation.ts';
import type { Run } from '../run.ts';
import { containedTarget } from './contained-target.ts';

/** The type of the resource that a canonical URL names; undefined when nothing here has that URL. */
export function canonicalType(
  canonical: string,
  run: Run,
  { registry, structure }: Compilation,
): string | undefined {
  if (canonical.startsWith('#')) {
    const type = containedTarget(canonical, run.scope)?.resourceType;
    return typeof type === 'string' ? type : undefined;
  }
  const [url] = canonical.split('|');
  const supporting = run.options.supporting?.find((one) => one.url === url);
  if (supporting) return supporting.resourceType;
  if (registry.valueSet(canonical)) return 'ValueSet';
  if (registry.codeSystem(canonical)) return 'CodeSystem';
  if (registry.searchParameter(canonical)) return 'SearchParameter';
  return structure(canonical) ? 'StructureDefinition' : undefined;
}
