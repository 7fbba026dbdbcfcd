/**
 * Validation: [base]/[type]/$validate and [base]/[type]/[id]/$validate. Findings are the answer, so it is 200 whatever
 * they are; only what cannot be read at all is refused.
 * https://hl7.org/fhir/R4/resource-operation-validate.html
 */
import { refuse } from '../core/fhir-error.ts';
import type { Issue } from '../core/issue.ts';
import { createLocator, type Locator } from '../fhir/json-locator.ts';
import { parseJson } from '../fhir/json-source.ts';
import { isObject, isResource, type Resource } from '../fhir/resource.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { requirePresent } from './read.ts';
import type { Parameters } from './search.ts';

export interface ValidateRequest {
  readonly type: string;
  readonly id?: string;
  /** A resource, or Parameters with `resource`, `mode` and `profile`; absent: the stored resource is validated. */
  readonly text?: string;
  /** When the text was not submitted as JSON: finds elements in what was. */
  readonly locator?: (() => Locator) | undefined;
  /** Of the query: `mode`, `profile`. */
  readonly parameters: Parameters;
}

const modes = ['create', 'update', 'delete', 'profile'] as const;
type Mode = (typeof modes)[number];

interface Input {
  readonly resource: Resource | undefined;
  readonly mode: Mode | undefined;
  readonly profiles: readonly string[];
  /** Where the resource stands in the text, as FHIRPath. */
  readonly at: string;
}

/** 200 with an OperationOutcome; 404 when the instance does not exist; 400 for a body that is no resource. */
export async function validateResource(
  services: Services,
  _context: RequestContext,
  request: ValidateRequest,
): Promise<Result> {
  const { type, id, text } = request;
  const input = text === undefined ? inputOf(request, undefined) : inputOf(request, parseJson(text));
  if (input.mode === 'delete') return { status: 200, issues: await deleteFindings(services, type, id) };
  if (!input.resource || text === undefined) {
    if (id === undefined) throw refuse('malformed-request', 'There is no resource to validate');
    const stored = requirePresent(await services.store.read(type, id));
    return {
      status: 200,
      issues: findings(services, request, { ...input, resource: JSON.parse(stored.body) }),
    };
  }
  const locate = request.locator?.() ?? createLocator(text);
  const issues = findings(services, request, input).map((issue) =>
    issue.expression === undefined ? issue : { ...issue, ...locate(moved(issue.expression, input.at)) },
  );
  return { status: 200, issues };
}

function findings(services: Services, request: ValidateRequest, input: Input): Issue[] {
  const { type, id } = request;
  const resource = input.resource!;
  const issues: Issue[] = [];
  if (resource.resourceType !== type) {
    issues.push({
      severity: 'error',
      code: 'invalid',
      key: 'type-mismatch',
      text: `The resource is not of the type in the URL, ${type}`,
      expression: resource.resourceType,
    });
  }
  if (id !== undefined && input.mode === 'update' && resource.id !== id) {
    issues.push({
      severity: 'error',
      code: 'invalid',
      key: 'id-mismatch',
      text: 'An update must carry the id of the URL',
      expression: `${resource.resourceType}.id`,
    });
  }
  const { profiles, mode } = input;
  if (mode === 'profile' && profiles.length === 0)
    throw refuse('malformed-request', 'The mode profile needs a profile');
  return [...issues, ...services.validator.validate(resource, { profiles })];
}

async function deleteFindings(services: Services, type: string, id: string | undefined): Promise<Issue[]> {
  if (id === undefined) throw refuse('malformed-request', 'The mode delete needs an instance');
  requirePresent(await services.store.read(type, id));
  return [];
}

function inputOf(request: ValidateRequest, body: unknown): Input {
  const query = request.parameters;
  const mode = query.find(([name]) => name === 'mode')?.[1];
  const profiles = query.filter(([name]) => name === 'profile').map(([, value]) => value);
  if (body === undefined) return { resource: undefined, mode: modeOf(mode), profiles, at: '' };
  if (!isResource(body))
    throw refuse('malformed-request', 'The body is not a FHIR resource: resourceType is missing');
  if (body.resourceType !== 'Parameters' || request.type === 'Parameters') {
    return { resource: body, mode: modeOf(mode), profiles, at: body.resourceType };
  }
  const parts = (Array.isArray(body.parameter) ? body.parameter : []).filter(isObject);
  const at = parts.findIndex((part) => part.name === 'resource');
  const resource = parts[at]?.resource;
  if (at !== -1 && !isResource(resource))
    throw refuse('malformed-request', 'The parameter resource holds no resource');
  return {
    resource: isResource(resource) ? resource : undefined,
    mode: modeOf(textsOf(parts, 'mode')[0] ?? mode),
    profiles: [...profiles, ...textsOf(parts, 'profile')],
    at: `Parameters.parameter[${at}].resource`,
  };
}

function modeOf(text: string | undefined): Mode | undefined {
  if (text === undefined) return undefined;
  const mode = modes.find((name) => name === text);
  if (!mode) throw refuse('invalid-parameter', `The mode is none of ${modes.join(', ')}`);
  return mode;
}

/** Values of the parameters of one name, whichever string type they were given as. */
function textsOf(parts: readonly Record<string, unknown>[], name: string): string[] {
  return parts
    .filter((part) => part.name === name)
    .flatMap((part) =>
      ['valueCode', 'valueUri', 'valueCanonical', 'valueString', 'valueUrl'].map((key) => part[key]),
    )
    .filter((value) => typeof value === 'string');
}

/** `Patient.name[0]` of a resource that stands at `Parameters.parameter[0].resource`. */
function moved(expression: string, at: string): string {
  const dot = expression.search(/[.[]/);
  return dot === -1 ? at : at + expression.slice(dot);
}
