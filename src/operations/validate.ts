/**
 * Validation: [base]/[type]/$validate and [base]/[type]/[id]/$validate. Findings are the answer, so it is 200 whatever
 * they are; only what cannot be read at all is refused.
 * https://hl7.org/fhir/R4/resource-operation-validate.html
 */
import { refuse } from '../core/fhir-error.ts';
import type { Issue } from '../core/issue.ts';
import { createPauses, inTurns } from '../core/pauses.ts';
import { createLocator } from '../fhir/json-locator.ts';
import { parseJsonInTurns } from '../fhir/json-source.ts';
import { isObject, isResource, type Resource } from '../fhir/resource.ts';
import { resourceTexts } from '../fhir/resource-texts.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { requirePresent } from '../interactions/read.ts';
import { findingsOnWrite } from '../interactions/submitted-resource.ts';
import type { SourcedResource } from '../validator/validator.ts';
import type { Operation, SubmittedRequest } from './operation.ts';
import { type ValidateInput, validateInput, validateParameters } from './validate-input.ts';

type ValidateRequest = SubmittedRequest;

export const validate: Operation = {
  code: 'validate',
  levels: ['type', 'instance'],
  resources: [],
  affectsState: false,
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
  needsBody: ['type'],
  // It takes several profiles, a resource of any type as it is, and points into what was submitted.
  handleSubmitted: validateResource,
};

/** 200 with an OperationOutcome; 404 when the instance does not exist; 400 for a body that is no resource. */
async function validateResource(
  services: Services,
  context: RequestContext,
  request: ValidateRequest,
): Promise<Result> {
  const { type, id, text } = request;
  const body = text === undefined ? undefined : await parseJsonInTurns(text);
  const input = validateInput(type, request.query, body);
  const ignored = ignoredParameters(input, context);
  if (input.mode === 'delete') {
    if (id === '') throw refuse('malformed-request', 'The mode delete needs an instance');
    requirePresent(await services.store.read(type, id));
    return { status: 200, issues: ignored };
  }
  if (!input.resource || text === undefined) {
    if (id === '') throw refuse('malformed-request', 'There is no resource to validate');
    const stored = requirePresent(await services.store.read(type, id));
    const kept = { resource: JSON.parse(stored.body) as Resource, text: stored.body };
    const issues = await findings(services, request, input, [kept]);
    return { status: 200, issues: [...ignored, ...issues.flat()] };
  }
  const { resource, place } = input;
  const sourced = {
    resource,
    text: place === undefined ? text : (await inTurns(resourceTexts(text, 'parameter')))[place],
  };
  const issues = isSeveral(resource, request)
    ? await entryFindings(services, request, input, sourced)
    : (await findings(services, request, input, [sourced])).flat();
  if (issues.length === 0) return { status: 200, issues: ignored };
  const at = place === undefined ? resource.resourceType : `Parameters.parameter[${place}].resource`;
  const locate = request.locator?.() ?? createLocator(text);
  const placed: Issue[] = [];
  const pause = createPauses();
  for (const issue of issues) {
    await pause();
    const { expression } = issue;
    placed.push(expression === undefined ? issue : { ...issue, ...locate(moved(expression, at)) });
  }
  return { status: 200, issues: [...ignored, ...placed] };
}

/** Refuses parameters that the operation does not have; told instead, under lenient handling. */
function ignoredParameters({ unknown }: ValidateInput, { handling }: RequestContext): Issue[] {
  if (unknown.length === 0) return [];
  const refusal = refuse('unknown-parameter', '$validate has no such parameter', {
    hint: `It has: ${validateParameters.join(', ')}`,
  });
  if (handling === 'strict') throw refusal;
  return refusal.issues.map((issue) => ({ ...issue, severity: 'warning' }));
}

/** Several resources of the type in the URL come as the entries of a Bundle. */
function isSeveral(resource: Resource, { type, id }: ValidateRequest): boolean {
  const { resourceType, type: kind } = resource;
  const several = kind === 'batch' || kind === 'collection';
  return resourceType === 'Bundle' && type !== 'Bundle' && id === '' && several;
}

/** Each resource judged as if it had come alone; what is said of it names the entry. */
async function entryFindings(
  services: Services,
  request: ValidateRequest,
  input: ValidateInput,
  { resource: bundle, text = '' }: SourcedResource,
): Promise<Issue[]> {
  const entries: unknown[] = Array.isArray(bundle.entry) ? bundle.entry : [];
  const texts = await inTurns(resourceTexts(text, 'entry'));
  const resources = entries.map((entry) => (isObject(entry) ? entry.resource : undefined));
  const sourced = resources.flatMap((resource, index) =>
    isResource(resource) ? { resource, text: texts[index] } : [],
  );
  const judged = await findings(services, request, input, sourced);
  const findingsOf = new Map(sourced.map(({ resource }, n) => [resource, judged[n] ?? []]));
  return resources.flatMap((resource, index) => {
    const at = `Bundle.entry[${index}]`;
    if (!isResource(resource))
      return refuse('malformed-request', 'The entry holds no resource', { expression: at }).issues;
    return (findingsOf.get(resource) ?? []).map((issue) => ({
      ...issue,
      expression: moved(issue.expression ?? '', `${at}.resource`),
    }));
  });
}

/** The findings of each resource. */
async function findings(
  services: Services,
  request: ValidateRequest,
  { mode, profiles }: ValidateInput,
  resources: readonly SourcedResource[],
): Promise<Issue[][]> {
  const known = profiles.filter((url) => services.registry.structure(url) !== undefined);
  const judged =
    mode === 'create' || mode === 'update'
      ? await findingsOnWrite(services, resources, known)
      : await services.validateMany(resources, { profiles: known });
  return resources.map(({ resource }, index) => [
    ...placeFindings(request, mode, resource),
    ...(known.length < profiles.length ? [unknownProfile(resource)] : []),
    ...(judged[index] ?? []),
  ]);
}

/** Whether the resource fits the URL. */
function placeFindings(
  { type, id }: ValidateRequest,
  mode: ValidateInput['mode'],
  resource: Resource,
): Issue[] {
  const issues: Issue[] = [];
  const { resourceType } = resource;
  const say = (key: string, text: string, expression: string) =>
    issues.push({ severity: 'error', code: 'invalid', key, text, expression });
  if (resourceType !== type)
    say('type-mismatch', `The resource is not of the type in the URL, ${type}`, resourceType);
  if (mode === 'update' && (id === '' ? resource.id === undefined : resource.id !== id))
    say('id-mismatch', 'An update must carry the id of the URL', `${resourceType}.id`);
  return issues;
}

/** Who names a profile must not take silence for a yes: the specification demands an error. */
function unknownProfile({ resourceType }: Resource): Issue {
  return {
    severity: 'error',
    code: 'not-found',
    key: 'profile-unknown',
    text: 'A requested profile is not known here',
    expression: resourceType,
  };
}

/** `Patient.name[0]` of a resource that stands at `Parameters.parameter[0].resource`. */
function moved(expression: string, at: string): string {
  const dot = expression.search(/[.[]/);
  return dot === -1 ? at : at + expression.slice(dot);
}
