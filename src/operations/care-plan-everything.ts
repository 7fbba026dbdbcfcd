/**
 * CarePlan/[id]/$everything: one course of therapy in one piece, for another clinic or for the patient.
 * https://w3id.org/kat-fhir/OperationDefinition/CarePlan-everything
 */
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { requirePresent } from '../interactions/read.ts';
import { courseMembers } from './course-members.ts';
import { everythingBundle } from './everything-bundle.ts';
import type { Operation, OperationRequest } from './operation.ts';

/** Psychotherapy notes are not handed on, as the definition says. */
const noNotes = ['_security:not', 'http://terminology.hl7.org/CodeSystem/v3-ActCode|PSYTHPN'] as const;

export const carePlanEverything: Operation = {
  code: 'everything',
  levels: ['instance'],
  resources: ['CarePlan'],
  affectsState: false,
  definition: 'https://w3id.org/kat-fhir/OperationDefinition/CarePlan-everything',
  paged: true,
  asynchronous: true,
  handle: everything,
};

async function everything(
  services: Services,
  context: RequestContext,
  request: OperationRequest,
): Promise<Result> {
  const plan = requirePresent(await services.store.read('CarePlan', request.id));
  const members = await courseMembers(services, context.baseUrl, plan);
  return everythingBundle(services, context, request, {
    types: [...members.keys()],
    members: (type, search) => ({
      kind: 'and',
      nodes: [
        { kind: 'ids', ids: members.get(type) ?? [] },
        services.parseSearch(type, [...search, noNotes], 'strict').where,
      ],
    }),
  });
}
