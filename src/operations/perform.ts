/** Carrying out an operation: its input read as its definition says, then its handler asked. */
import type { OperationDefinition } from '@medplum/fhirtypes';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import type { Operation, SubmittedRequest } from './operation.ts';
import { pathOf, resumePage } from './operation-paging.ts';
import { readParameters } from './read-parameters.ts';

export async function perform(
  operation: Operation,
  services: Services,
  context: RequestContext,
  submitted: SubmittedRequest,
): Promise<Result> {
  if ('handleSubmitted' in operation) return operation.handleSubmitted(services, context, submitted);
  const definition = definitionOf(services, operation);
  const path = pathOf(operation, submitted);
  const page = operation.paged ? await resumePage(services, path, submitted.query) : undefined;
  const asked = page ? { ...submitted, query: page.query, text: undefined } : submitted;
  const input = await readParameters(services, context, definition, asked, operation.takesSearch);
  const { type, id } = submitted;
  return operation.handle(services, context, {
    type,
    id,
    ...input,
    definition,
    path,
    position: page?.position,
  });
}

function definitionOf({ registry }: Services, operation: Operation): OperationDefinition {
  const definition = registry.operationDefinition(operation.definition);
  if (!definition) throw new Error(`The definition of $${operation.code} is not among those compiled`);
  if (!('also' in operation) || !operation.also) return definition;
  return { ...definition, parameter: [...(definition.parameter ?? []), ...operation.also] };
}
