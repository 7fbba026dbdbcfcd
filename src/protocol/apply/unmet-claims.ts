/**
 * A request claims the profile that its definition names only when it meets it: what the definition leaves open, such
 * as who prescribes, may be missing still.
 */
import { hasErrors, type Issue } from '../../core/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
import { planFinding } from './finding.ts';

/**
 * Takes back what is claimed and not met, of the resource and of those it contains.
 * @param findings what is wrong with a resource
 * @returns an issue for each claim taken back
 */
export function dropUnmetClaims(
  resource: Resource & { contained?: Resource[] },
  findings: (resource: Resource) => readonly Issue[],
): Issue[] {
  const wrong = findings(resource).filter((issue) => hasErrors([issue]));
  const places = wrong.map(({ expression = '' }) => /\.contained\[(\d+)\]/.exec(expression)?.[1]);
  const unmet = new Set(places.map((index) => (index === undefined ? undefined : Number(index))));
  return [...unmet].flatMap((index) => {
    const claimant = index === undefined ? resource : resource.contained?.[index];
    if (!claimant?.meta?.profile) return [];
    const { profile: _, ...meta } = claimant.meta;
    if (Object.keys(meta).length === 0) delete claimant.meta;
    else claimant.meta = meta;
    const at = index === undefined ? '' : `.contained[${index}]`;
    return [planFinding('apply-profile-not-claimed', `${resource.resourceType}${at}`)];
  });
}
