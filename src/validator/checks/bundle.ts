/**
 * Rules of bundles that span entries and that no invariant states in full: fullUrls, and what the entries of each type
 * of bundle must have.
 * https://hl7.org/fhir/R4/bundle.html
 */
import type { Registry } from '../../fhir/registry.ts';
import { isObject } from '../../fhir/resource.ts';
import { found, type Run } from '../run.ts';
import { isAbsolute } from './url.ts';

export function bundleRules(bundle: Record<string, unknown>, run: Run, _registry: Registry): void {
  const { entry } = bundle;
  if (!Array.isArray(entry)) return;
  entry.forEach((one, index) => {
    if (!isObject(one)) return;
    if (typeof one.fullUrl === 'string' && !isAbsolute(one.fullUrl)) {
      found(run, 'bundle-fullurl-relative', `entry[${index}].fullUrl`);
    }
  });
}
