/**
 * What a request gives an operation, held against its OperationDefinition: in the query, in a Parameters resource, or
 * as the body itself when the definition has one parameter that is a resource.
 * https://hl7.org/fhir/R4/operations.html#request
 */
import type { OperationDefinition, OperationDefinitionParameter } from '@medplum/fhirtypes';
import { FhirError, refuse } from '../core/fhir-error.ts';
import { hasErrors, type Issue } from '../core/issue.ts';
import { inTurns } from '../core/pauses.ts';
import { withPositions } from '../fhir/json-locator.ts';
import { parseJsonInTurns } from '../fhir/json-source.ts';
import type { Registry } from '../fhir/registry.ts';
import { isObject, isResource } from '../fhir/resource.ts';
import { resourceTexts } from '../fhir/resource-texts.ts';
import type { RequestContext, Services } from '../interactions/interaction.ts';
import type { Parameters } from '../interactions/search.ts';
import type { SubmittedRequest } from './operation.ts';
import { isResourceType, type Part, queryPart, textOf, typedPart } from './parameter-part.ts';

export interface GivenParameter {
  readonly name: string;
  /** As JSON has it; undefined for one that consists of parts. */
  readonly value: unknown;
  readonly parts: readonly GivenParameter[];
  /** Of a resource: its text as submitted. */
  readonly text?: string | undefined;
}

export interface OperationInput {
  readonly parameters: readonly GivenParameter[];
  /** What the definition does not name, of an operation that takes search parameters besides. */
  readonly search: Parameters;
  /** What was ignored, under lenient handling. */
  readonly issues: readonly Issue[];
}

type Submitted = Pick<SubmittedRequest, 'query' | 'text' | 'locator'>;

/** Parameters as `Parameters.parameter` has them, and the text of those that are resources. */
interface Gathered {
  readonly parts: readonly Part[];
  readonly texts: readonly (string | undefined)[];
  /** The text that they are parameters of. */
  readonly within?: string;
}

/** The values given for a parameter; their type is the one of the definition. */
export function givenValues<T>(parameters: readonly GivenParameter[], name: string): T[] {
  return parameters.filter((parameter) => parameter.name === name).map(({ value }) => value as T);
}

/** The value given for a parameter that may be given once. */
export function givenValue<T>(parameters: readonly GivenParameter[], name: string): T | undefined {
  return givenValues<T>(parameters, name)[0];
}

/**
 * @param takesSearch whether what the definition does not name belongs to a search
 * @throws FhirError 400 for what is not as the definition says: unknown names, wrong types, too few or too many
 */
export async function readParameters(
  services: Services,
  { handling }: Pick<RequestContext, 'handling'>,
  definition: OperationDefinition,
  submitted: Submitted,
  takesSearch = false,
): Promise<OperationInput> {
  const declared = (definition.parameter ?? []).filter(({ use }) => use === 'in');
  const body = await bodyParts(services.registry, declared, submitted);
  try {
    return understand(services, { declared, handling, takesSearch }, body, submitted.query);
  } catch (error) {
    if (!(error instanceof FhirError) || body.within === undefined) throw error;
    const issues = withPositions(error.issues, body.within, submitted.locator);
    throw new FhirError(error.status, issues, error.headers);
  }
}

interface Expected {
  readonly declared: readonly OperationDefinitionParameter[];
  readonly handling: RequestContext['handling'];
  readonly takesSearch: boolean;
}

function understand(
  services: Services,
  { declared, handling, takesSearch }: Expected,
  body: Gathered,
  query: Parameters,
): OperationInput {
  const { registry } = services;
  const known = new Map(declared.map((parameter) => [parameter.name, parameter]));
  const search = takesSearch ? query.filter(([name]) => !known.has(name)) : [];
  const inQuery = query
    .filter((pair) => !search.includes(pair))
    .map(([name, value]) => queryPart(registry, known.get(name), name, value));
  const issues: Issue[] = [];
  const parts = [...body.parts, ...inQuery].map((part, index): Part => {
    const parameter = known.get(part.name);
    const path = `Parameters.parameter[${index}]`;
    if (parameter) return typedPart(registry, parameter, part, path);
    const text = takesSearch ? textOf(part) : undefined;
    if (text === undefined) issues.push(...unknownParameter(declared, handling, path));
    else search.push([part.name, text]);
    return part;
  });
  requireCardinality(declared, parts);
  requireValid(services, parts);
  const parameters = parts.flatMap((part, index) =>
    known.has(part.name) ? given(part, body.texts[index]) : [],
  );
  return { parameters, search, issues };
}

async function bodyParts(
  registry: Registry,
  declared: readonly OperationDefinitionParameter[],
  { text }: Submitted,
): Promise<Gathered> {
  if (text === undefined) return { parts: [], texts: [] };
  const body = await parseJsonInTurns(text);
  if (!isResource(body))
    throw refuse('malformed-request', 'The body is not a FHIR resource: resourceType is missing');
  if (body.resourceType === 'Parameters') {
    const list: unknown[] = Array.isArray(body.parameter) ? body.parameter : [];
    const texts = await inTurns(resourceTexts(text, 'parameter'));
    return { parts: list.map(partOf), texts, within: text };
  }
  const [only, ...more] = declared.filter(({ type }) => isResourceType(registry, type));
  if (!only || more.length > 0)
    throw refuse('type-mismatch', 'The operation takes its parameters in a Parameters resource');
  if (registry.isResourceType(only.type!) && only.type !== body.resourceType)
    throw refuse('type-mismatch', `The operation takes a ${only.type}, or a Parameters resource`);
  return { parts: [{ name: only.name!, resource: body }], texts: [text] };
}

function partOf(value: unknown, index: number): Part {
  if (isObject(value) && typeof value.name === 'string') return { ...value, name: value.name };
  throw refuse('malformed-request', 'A parameter has no name', {
    expression: `Parameters.parameter[${index}]`,
  });
}

function unknownParameter(
  declared: readonly OperationDefinitionParameter[],
  handling: RequestContext['handling'],
  expression: string,
): Issue[] {
  const names = declared.map(({ name }) => name).join(', ');
  const refusal = refuse('unknown-parameter', 'The operation has no such parameter', {
    expression,
    hint: names === '' ? 'It has none' : `It has: ${names}`,
  });
  if (handling === 'strict') throw refusal;
  return refusal.issues.map((issue) => ({ ...issue, severity: 'warning' }));
}

function requireCardinality(declared: readonly OperationDefinitionParameter[], parts: readonly Part[]): void {
  for (const { name, min = 0, max } of declared) {
    const count = parts.filter((part) => part.name === name).length;
    if (count < min) throw refuse('invalid-parameter', `The parameter ${name} is required`);
    if (max !== '*' && count > Number(max))
      throw refuse('invalid-parameter', `The parameter ${name} is given more than ${max} times`);
  }
}

/** What lies within a resource is for the operation to judge. */
function requireValid(services: Services, parts: readonly Part[]): void {
  if (parts.length === 0) return;
  const wrong = services.validator
    .validate({ resourceType: 'Parameters', parameter: parts })
    .filter((issue) => hasErrors([issue]) && !/\.resource\b/.test(issue.expression ?? ''));
  if (wrong.length > 0) throw new FhirError(400, wrong);
}

function given(part: Part, text: string | undefined): GivenParameter {
  const key = Object.keys(part).find((name) => name.startsWith('value'));
  const parts = Array.isArray(part.part) ? (part.part as Part[]) : [];
  return {
    name: part.name,
    value: part.resource ?? (key === undefined ? undefined : part[key]),
    parts: parts.map((one) => given(one, undefined)),
    ...(text === undefined ? {} : { text }),
  };
}
