/**
 * `VALIDATION=required`: resources of the therapy's own types must claim a profile of the guide.
 */
import type { Issue } from '../core/issue.ts';
import type { Registry } from '../fhir/registry.ts';
import type { Resource } from '../fhir/resource.ts';

const profiledTypes: ReadonlySet<string> = new Set(['CarePlan', 'Procedure', 'Questionnaire', 'Observation']);

/** An error when the resource is of a profiled type and claims none of the guide's profiles for it. */
export function claimIssues(registry: Registry, resource: Resource): Issue[] {
  const { resourceType, meta } = resource;
  if (!profiledTypes.has(resourceType)) return [];
  const guideProfiles = registry
    .guideArtefacts('StructureDefinition')
    .filter((artefact) => artefact.type === resourceType)
    .map((artefact) => String(artefact.url));
  const claims = Array.isArray(meta?.profile) ? meta.profile : [];
  if (claims.some((claim) => guideProfiles.includes(String(claim).split('|')[0]!))) return [];
  return [
    {
      severity: 'error',
      code: 'required',
      key: 'profile-required',
      text: `This server stores a ${resourceType} only when meta.profile claims a profile of the guide`,
      expression: `${resourceType}.meta.profile`,
      hint: `One of: ${guideProfiles.join(', ')}`,
    },
  ];
}
