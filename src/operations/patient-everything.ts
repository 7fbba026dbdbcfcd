/**
 * Patient/$everything: the record of a patient, or those of all. It holds the patient's compartment, exactly, and what
 * the resources in it refer to.
 * https://hl7.org/fhir/R4/patient-operation-everything.html
 */
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { requirePresent } from '../interactions/read.ts';
import { anyOf } from '../search/params/kind.ts';
import type { PlanNode } from '../search/plan.ts';
import { everythingBundle } from './everything-bundle.ts';
import type { Operation, OperationRequest } from './operation.ts';

export const patientEverything: Operation = {
  code: 'everything',
  levels: ['type', 'instance'],
  resources: ['Patient'],
  affectsState: false,
  definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
  paged: true,
  asynchronous: true,
  handle: everything,
};

async function everything(
  services: Services,
  context: RequestContext,
  request: OperationRequest,
): Promise<Result> {
  const { registry, store } = services;
  const types = registry.resourceTypes.filter(
    (type) => type === 'Patient' || registry.patientCompartmentParameters(type).length > 0,
  );
  const { id } = request;
  if (id !== '') {
    requirePresent(await store.read('Patient', id));
    return everythingBundle(services, context, request, {
      types,
      members: (type, search) => services.parseSearch(type, search, 'strict', { type: 'Patient', id }).where,
    });
  }
  return everythingBundle(services, context, request, {
    types,
    members: (type, search) => ({
      kind: 'and',
      nodes: [inAnyRecord(services, type), services.parseSearch(type, search, 'strict').where],
    }),
  });
}

/** It is in the compartment of a patient whom the store knows. */
function inAnyRecord(services: Services, type: string): PlanNode {
  if (type === 'Patient') return { kind: 'all' };
  // Every stored patient was updated at some time.
  const known = services.registry
    .patientCompartmentParameters(type)
    .map((code) => services.parseSearch(type, [[`${code}:Patient._lastUpdated`, 'ge1000']], 'strict').where);
  return anyOf(known);
}
