/**
 * $meta-add and $meta-delete: labels put on a resource and taken off it, as a write like any other: it is validated,
 * and makes a new version when it changes something.
 * https://hl7.org/fhir/R4/resource-operation-meta-add.html and resource-operation-meta-delete.html
 */
import type { Resource, ResourceMeta } from '../fhir/resource.ts';
import { withFollowUps } from '../interactions/follow-up.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { patchWithin } from '../interactions/patch.ts';
import { requirePresent } from '../interactions/read.ts';
import { transact } from '../interactions/transact.ts';
import { addingLabels, removingLabels } from './meta-labels.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { givenValue } from './read-parameters.ts';
import { parametersResult } from './write-parameters.ts';

export const metaAdd = changing('meta-add', addingLabels);
export const metaDelete = changing('meta-delete', removingLabels);

/** @param change steps of a JSON Patch; none when there is nothing to change */
function changing(
  code: 'meta-add' | 'meta-delete',
  change: (current: ResourceMeta, labels: ResourceMeta) => readonly unknown[],
): Operation {
  return {
    code,
    levels: ['instance'],
    resources: [],
    affectsState: true,
    definition: `http://hl7.org/fhir/OperationDefinition/Resource-${code}`,
    handle: (services, context, request) => changeMeta(services, context, request, change),
  };
}

async function changeMeta(
  services: Services,
  context: RequestContext,
  { type, id, parameters, definition }: OperationRequest,
  change: (current: ResourceMeta, labels: ResourceMeta) => readonly unknown[],
): Promise<Result> {
  const labels = givenValue<ResourceMeta>(parameters, 'meta')!;
  const body = await transact(services, async (work) => {
    const current = requirePresent(await work.transaction.read(type, id));
    const steps = change(metaOf(current.body), labels);
    if (steps.length === 0) return current.body;
    const patch = { kind: 'json-patch', text: JSON.stringify(steps) } as const;
    const result = await patchWithin(services, context, work, current, patch, {});
    return (await withFollowUps(services, work, result)).body!.toString();
  });
  return parametersResult(definition, [{ name: 'return', value: metaOf(body) }]);
}

/** Every stored resource has one. */
function metaOf(body: string): ResourceMeta {
  return (JSON.parse(body) as Resource).meta!;
}
