/**
 * What an operation answers: a Parameters resource, or the resource itself when that is all it returns.
 * https://hl7.org/fhir/R4/operations.html#response
 */
import type { OperationDefinition, OperationDefinitionParameter } from '@medplum/fhirtypes';
import type { Resource } from '../fhir/resource.ts';
import type { Result } from '../interactions/interaction.ts';
import { valueKey } from './parameter-part.ts';

export interface OutParameter {
  readonly name: string;
  /** Of the type that the definition says. */
  readonly value?: unknown;
  /** A resource, plain or as JSON text, which goes out as it is. */
  readonly resource?: Resource | string;
  readonly parts?: readonly OutParameter[];
}

/** 200 with what the operation returns. */
export function parametersResult(definition: OperationDefinition, out: readonly OutParameter[]): Result {
  const declared = (definition.parameter ?? []).filter(({ use }) => use === 'out');
  const [only] = out;
  // https://hl7.org/fhir/R4/operations.html#response: a resource named `return` needs no Parameters around it.
  if (out.length === 1 && only?.name === 'return' && only.resource !== undefined && declared.length === 1)
    return { status: 200, body: resourceText(only.resource) };
  const items = out.map((parameter) => partText(declared, parameter));
  const list = items.length === 0 ? '' : `,"parameter":[${items.join(',')}]`;
  return { status: 200, body: `{"resourceType":"Parameters"${list}}` };
}

function partText(declared: readonly OperationDefinitionParameter[], out: OutParameter): string {
  const parameter = declared.find(({ name }) => name === out.name);
  if (!parameter) throw new Error(`The definition of the operation returns no ${out.name}`);
  const members = [`"name":${JSON.stringify(out.name)}`];
  if (out.resource !== undefined) members.push(`"resource":${resourceText(out.resource)}`);
  else if (out.parts) {
    members.push(`"part":[${out.parts.map((part) => partText(parameter.part ?? [], part)).join(',')}]`);
  } else members.push(`${JSON.stringify(valueKey(parameter.type!))}:${JSON.stringify(out.value)}`);
  return `{${members.join(',')}}`;
}

function resourceText(resource: Resource | string): string {
  return typeof resource === 'string' ? resource : JSON.stringify(resource);
}
