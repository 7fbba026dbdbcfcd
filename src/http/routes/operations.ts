/**
 * Rows of the table of interactions for operations: each at its levels, by POST, and by GET when it changes nothing.
 * https://hl7.org/fhir/R4/operations.html#executing
 */
import type { Operation, OperationLevel } from '../../operations/operation.ts';
import { perform } from '../../operations/perform.ts';
import type { FhirRoute } from './fhir-route.ts';

export function operationRoutes(operations: readonly Operation[]): FhirRoute[] {
  return operations.flatMap((operation) =>
    operation.levels.flatMap((level) =>
      typesAt(level, operation).flatMap((type) => [
        ...(takesGet(operation, level) ? [routeOf(operation, level, type, 'GET')] : []),
        routeOf(operation, level, type, 'POST'),
      ]),
    ),
  );
}

/** An operation of some types only has paths of its own, so that a path of another type has no route. */
function typesAt(level: OperationLevel, { resources }: Operation): readonly (string | undefined)[] {
  return level === 'system' || resources.length === 0 ? [undefined] : resources;
}

function takesGet(operation: Operation, level: OperationLevel): boolean {
  const needsBody = 'needsBody' in operation && (operation.needsBody?.includes(level) ?? false);
  return !operation.affectsState && !needsBody;
}

function routeOf(
  operation: Operation,
  level: OperationLevel,
  ownType: string | undefined,
  method: 'GET' | 'POST',
): FhirRoute {
  const above = { system: '', type: `/${ownType ?? ':type'}`, instance: `/${ownType ?? ':type'}/:id` };
  const { code, definition, views } = operation;
  return {
    method,
    path: `${above[level]}/$${code}`,
    ...(ownType === undefined ? {} : { type: ownType }),
    operation: { code, definition },
    ...(views ? { views } : {}),
    asynchronous: operation.asynchronous ?? false,
    ...(method === 'GET' ? {} : { body: { kind: 'resource', required: false } as const }),
    handle: (services, context, { type, id, query, text, locator }) =>
      perform(operation, services, context, { type: ownType ?? type, id, query, text, locator }),
  };
}
