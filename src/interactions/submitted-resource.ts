/**
 * A resource as a client sent it: parsed, of the type its place demands, and valid for storing.
 * https://hl7.org/fhir/R4/http.html#create
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import { isLogicalId } from '../core/ids.ts';
import { gravestFirst, hasErrors, type Issue } from '../core/issue.ts';
import { type Locator, withPositions } from '../fhir/json-locator.ts';
import { parseJson } from '../fhir/json-source.ts';
import { isResource, type Resource } from '../fhir/resource.ts';
import type { SourcedResource } from '../validator/validator.ts';
import type { Services } from './interaction.ts';
import { claimIssues } from './required-profiles.ts';

/**
 * Parses the body of a request on one resource.
 * @throws FhirError 400 when it is no JSON, no resource, or of another type than the URL says
 */
export function parseResource(type: string, text: string): Resource {
  const value = parseJson(text);
  if (!isResource(value))
    throw refuse('malformed-request', 'The body is not a FHIR resource: resourceType is missing');
  if (value.resourceType !== type) {
    throw refuse('type-mismatch', `The body is not of the type in the URL, ${type}`, {
      expression: 'Resource',
    });
  }
  return value;
}

/**
 * Errors of validation that do not keep a resource from being stored. A code that its system does not have may come
 * with the records of others, and refusing the record would lose the rest of it; where a binding is required, the
 * binding refuses it.
 */
const advisoryOnWrite: ReadonlySet<string> = new Set(['code-unknown']);

/**
 * What keeps each resource from being stored, and what else is to be said of it.
 * @param profiles to meet besides those they claim
 * @returns findings of each, without positions
 */
export async function findingsOnWrite(
  services: Services,
  resources: readonly SourcedResource[],
  profiles: readonly string[] = [],
): Promise<Issue[][]> {
  const found = await services.validateMany(resources, { ...optionsOf(services), profiles });
  return resources.map(({ resource }, index) => onWrite(services, resource, found[index] ?? []));
}

/** The same for one resource without waiting, for use inside a unit of work, which others wait for. */
export function findingsAtOnce(services: Services, resource: Resource): Issue[] {
  return onWrite(services, resource, services.validator.validate(resource, optionsOf(services)));
}

function optionsOf(services: Services) {
  return { claimedProfiles: services.validation !== 'base', unknownProfile: 'error' } as const;
}

function onWrite(services: Services, resource: Resource, found: readonly Issue[]): Issue[] {
  const findings = found.map((issue) =>
    advisoryOnWrite.has(issue.key) ? { ...issue, severity: 'warning' as const } : issue,
  );
  findings.push(...services.customParameters.check(resource));
  return services.validation === 'required'
    ? [...claimIssues(services.registry, resource), ...findings]
    : findings;
}

/**
 * Validates a resource for storing.
 * @param locator when the text was not submitted as JSON: finds elements in what was
 * @returns warnings and information, with positions
 * @throws FhirError 422 with every finding when one of them is an error
 */
export async function validateForWrite(
  services: Services,
  resource: Resource,
  text: string,
  locator?: () => Locator,
): Promise<Issue[]> {
  const [findings = []] = await findingsOnWrite(services, [{ resource, text }]);
  const issues = withPositions(findings, text, locator);
  if (hasErrors(issues)) throw new FhirError(422, gravestFirst(issues));
  return issues;
}

/** Refuses an id in the body that is not the one in the URL. https://hl7.org/fhir/R4/http.html#update */
export function requireId(resource: Resource, id: string): void {
  if (!isLogicalId(id)) throw refuse('invalid-parameter', 'The id in the URL is not a FHIR id');
  if (resource.id !== id) {
    throw refuse('id-mismatch', 'The body must carry the id of the URL', {
      expression: `${resource.resourceType}.id`,
    });
  }
}
