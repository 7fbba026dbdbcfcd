/**
 * What a request for $validate asks: its parameters come in the query or in a Parameters resource, the resource as the
 * body or in it. https://hl7.org/fhir/R4/resource-operation-validate.html
 */
import { refuse } from '../core/fhir-error.ts';
import { isObject, isResource, type Resource } from '../fhir/resource.ts';
import type { Parameters } from '../interactions/search.ts';

const modes = ['create', 'update', 'delete', 'profile'] as const;
export type ValidateMode = (typeof modes)[number];

export interface ValidateInput {
  readonly resource: Resource | undefined;
  readonly mode: ValidateMode | undefined;
  readonly profiles: readonly string[];
  /** Names that are no parameters of the operation. */
  readonly unknown: readonly string[];
  /** Which of the parameters the resource is; undefined when it is the body itself. */
  readonly place: number | undefined;
}

export const validateParameters = ['resource', 'mode', 'profile'] as const;

/** Parameters by name, whichever way they came. */
interface Given {
  readonly unknown: readonly string[];
  readonly modes: readonly string[];
  readonly profiles: readonly string[];
}

/**
 * @param type in the URL: there, the body may be of this type
 * @param body parsed; undefined when there is none
 * @throws FhirError 400 for a body that is no resource, and for parameters that are not as the operation defines them
 */
export function validateInput(type: string, query: Parameters, body: unknown): ValidateInput {
  const inQuery: Given = {
    // A resource is no text: in a query its name is as unknown as any other.
    unknown: query.map(([name]) => name).filter((name) => name !== 'mode' && name !== 'profile'),
    modes: query.filter(([name]) => name === 'mode').map(([, value]) => value),
    profiles: query.filter(([name]) => name === 'profile').map(([, value]) => value),
  };
  if (body === undefined) return inputOf([inQuery], undefined);
  if (!isResource(body))
    throw refuse('malformed-request', 'The body is not a FHIR resource: resourceType is missing');
  if (body.resourceType !== 'Parameters' || type === 'Parameters') {
    return inputOf([inQuery], body);
  }
  const parts = (Array.isArray(body.parameter) ? body.parameter : []).filter(isObject);
  const inBody: Given = {
    unknown: parts.map(({ name }) => String(name)).filter((name) => !isParameter(name)),
    modes: textsOf(parts, 'mode'),
    profiles: textsOf(parts, 'profile'),
  };
  const [at = -1, ...more] = parts.flatMap(({ name }, index) => (name === 'resource' ? [index] : []));
  if (more.length > 0) {
    throw refuse('invalid-parameter', 'The parameter resource is given more than once', {
      hint: 'Several resources go in a Bundle',
    });
  }
  const resource = parts[at]?.resource;
  if (at !== -1 && !isResource(resource))
    throw refuse('malformed-request', 'The parameter resource holds no resource');
  return inputOf([inQuery, inBody], isResource(resource) ? resource : undefined, at);
}

function inputOf(given: readonly Given[], resource: Resource | undefined, place?: number): ValidateInput {
  const profiles = [...new Set(given.flatMap((one) => one.profiles))];
  const mode = modeOf(given.flatMap((one) => one.modes));
  if (mode === 'profile' && profiles.length === 0)
    throw refuse('malformed-request', 'The mode profile needs a profile');
  return { resource, mode, profiles, unknown: given.flatMap((one) => one.unknown), place };
}

function isParameter(name: string): boolean {
  return validateParameters.some((known) => known === name);
}

function modeOf([text, ...more]: readonly string[]): ValidateMode | undefined {
  if (text === undefined) return undefined;
  if (more.length > 0) throw refuse('invalid-parameter', 'The parameter mode is given more than once');
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
