/**
 * $meta: the meta of a resource; of a type or of the whole server, the profiles, tags and security labels in use.
 * https://hl7.org/fhir/R4/resource-operation-meta.html
 */
import { createPauses } from '../core/pauses.ts';
import { memberOf, skipSpace } from '../fhir/json-text.ts';
import type { ResourceMeta } from '../fhir/resource.ts';
import { cached } from '../interactions/cached.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { requirePresent } from '../interactions/read.ts';
import type { Position, TypeSelection } from '../search/plan.ts';
import type { Page } from '../storage/store.ts';
import { labelKey, labelLists, labelsOf } from './meta-labels.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { parametersResult } from './write-parameters.ts';

const pageSize = 500;

export const meta: Operation = {
  code: 'meta',
  levels: ['system', 'type', 'instance'],
  resources: [],
  affectsState: false,
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-meta',
  handle: readMeta,
};

async function readMeta(
  services: Services,
  _context: RequestContext,
  { type, id, definition }: OperationRequest,
): Promise<Result> {
  if (id !== '') {
    const { body } = requirePresent(await services.store.read(type, id));
    return parametersResult(definition, [{ name: 'return', value: metaOf(body) }]);
  }
  const scopes = type === '' ? services.registry.resourceTypes : [type];
  const { value, cache } = await cached(services, ['meta', type], scopes, async () =>
    Buffer.from(JSON.stringify(await labelsInUse(services, type === '' ? [] : type))),
  );
  return {
    ...parametersResult(definition, [{ name: 'return', value: JSON.parse(value.toString()) }]),
    cache,
  };
}

/** Each profile, security label and tag of current resources once. */
async function labelsInUse({ store }: Services, type: TypeSelection): Promise<Record<string, unknown>> {
  const pause = createPauses();
  const found = new Map(labelLists.map((list) => [list, new Map<string, unknown>()]));
  let after: Position | undefined;
  do {
    const query = { type, where: { kind: 'all' }, sort: [], limit: pageSize } as const;
    const page: Page = await store.search({ ...query, ...(after ? { after } : {}) });
    for (const { body } of page.rows) {
      await pause();
      const given = metaOf(body!);
      for (const [list, labels] of found) {
        for (const label of labelsOf(given, list)) {
          if (!labels.has(labelKey(label))) labels.set(labelKey(label), label);
        }
      }
    }
    after = page.next;
  } while (after);
  const lists = [...found].filter(([, labels]) => labels.size > 0);
  return lists.length === 0
    ? noLabels
    : Object.fromEntries(lists.map(([list, labels]) => [list, [...labels.values()]]));
}

/** There must be a Meta in the answer, and an element must not be empty. */
const noLabels = {
  extension: [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
      valueCode: 'not-applicable',
    },
  ],
};

/** Without parsing the rest of the resource. */
function metaOf(body: string): ResourceMeta {
  const { value, end } = memberOf(body, skipSpace(body, 0), 'meta')!;
  return JSON.parse(body.slice(value, end)) as ResourceMeta;
}
