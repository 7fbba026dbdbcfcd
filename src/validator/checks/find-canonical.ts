/**
 * The resource that a canonical URL means: contained, an entry of the bundle, supporting, or a definition that is known.
 * Of several editions the newest, unless the URL names a version.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import { compareVersions } from '../../fhir/compare-versions.ts';
import type { Registry } from '../../fhir/registry.ts';
import { isResource, type Resource } from '../../fhir/resource.ts';
import { type Run, rootScope } from '../run.ts';

export function findCanonical(
  canonical: string,
  type: string,
  run: Run,
  registry: Registry,
): Resource | undefined {
  const isWanted = (one: unknown): one is Resource => isResource(one) && one.resourceType === type;
  if (canonical.startsWith('#')) {
    const { contained } = rootScope(run.scope).resource;
    const inside: unknown[] = Array.isArray(contained) ? contained : [];
    return inside.filter(isWanted).find(({ id }) => `#${id}` === canonical);
  }
  const [url = '', version] = canonical.split('|');
  /** By its own URL; by its type and id, where that is all there is to go by. */
  const isNamed = (one: Resource) => {
    const place = `${type}/${one.id}`;
    return one.url === url || url === place || (one.url === undefined && url.endsWith(`/${place}`));
  };
  const { bundle } = run.scope;
  const found =
    newest(
      bundle
        ?.named(url)
        .filter(isWanted)
        .filter((one) => isNamed(one) || bundle.fullUrlOf(one) === url),
      version,
    ) ??
    newest(run.options.supporting?.filter(isWanted).filter(isNamed), version) ??
    registry.definition(type, canonical) ??
    run.options.resolve?.(canonical);
  return isWanted(found) ? found : undefined;
}

/** Versions are texts; one that is not is structural validation's to report. */
const versionOf = ({ version }: Resource) => (typeof version === 'string' ? version : undefined);

function newest(found: readonly Resource[] = [], version: string | undefined): Resource | undefined {
  return found
    .filter((one) => version === undefined || one.version === version)
    .reduce<Resource | undefined>(
      (best, one) => (best && compareVersions(versionOf(best), versionOf(one)) >= 0 ? best : one),
      undefined,
    );
}
