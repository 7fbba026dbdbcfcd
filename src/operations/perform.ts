/** Carrying out an operation: its input read as its definition says, then its handler asked. */
import type { OperationDefinition } from '@medplum/fhirtypes';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import type { Operation, SubmittedRequest } from './operation.ts';
import { readParameters } from './read-parameters.ts';

export async function perform(
  operation: Operation,
  services: Services,
  context: RequestContext,
  submitted: SubmittedRequest,
): Promise<Result> {
  if ('handleSubmitted' in operation) return operation.handleSubmitted(services, context, submitted);
  const definition = definitionOf(services, operation);
  const input = await readParameters(services, context, definition, submitted, operation.takesSearch);
  const { type, id } = submitted;
  return operation.handle(services, context, { type, id, ...input, definition });
}

function definitionOf({ registry }: Services, operation: Operation): OperationDefinition {
  const definition = registry.operationDefinition(operation.definition);
  if (!definition) throw new Error(`The definition of $${operation.code} is not among those compiled`);
  return definition;
}
