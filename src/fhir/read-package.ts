/**
 * A FHIR package: the npm archive of an implementation guide, with its definitions in `package/*.json`. Its examples,
 * which lie in folders below, are left out.
 * https://hl7.org/fhir/R4/packages.html, https://confluence.hl7.org/display/FHIR/NPM+Package+Specification
 */
import { isObject, isResource, type Resource } from './resource.ts';
import { tarEntries } from './tar-entries.ts';

export interface FhirPackage {
  /** Of `package.json`; undefined when there is none. */
  readonly name: string | undefined;
  /** Every resource that has a canonical URL. */
  readonly definitions: readonly Resource[];
}

/**
 * @param archive bytes of the `.tgz`
 * @throws Error when they are no such archive, or a file in it is not JSON
 */
export function readPackage(archive: Uint8Array): FhirPackage {
  let name: string | undefined;
  const definitions: Resource[] = [];
  for (const { path, content } of tarEntries(archive)) {
    if (!/^package\/[^/]+\.json$/.test(path)) continue;
    const value: unknown = JSON.parse(content.toString('utf8'));
    if (path === 'package/package.json' && isObject(value)) name = String(value.name);
    else if (isResource(value) && typeof value.url === 'string') definitions.push(value);
  }
  return { name, definitions };
}
