/**
 * A store that can be searched by the value sets that it holds: before an engine is asked, their codes take the place of
 * their names in the plan, read by the same reader. Every search goes through here, so what a unit of work has written
 * counts for its own searches, and a cached answer is computed after its generations were read (interactions/cached).
 */
import { notExpandable, type SystemCode } from '../search/params/token.ts';
import type { PlanNode } from '../search/plan.ts';
import { memberNodes, withCodes } from '../search/value-set-members.ts';
import type { Store, StoreReader } from '../storage/store.ts';

/** Codes of each value set; undefined for one that cannot be expanded. */
export type CodesOfValueSets = (
  reader: StoreReader,
  valueSets: readonly string[],
) => Promise<ReadonlyMap<string, readonly SystemCode[] | undefined>>;

export function expandingStore(store: Store, codesOf: CodesOfValueSets): Store {
  return {
    ...expandingReader(store, codesOf),
    transact: (work) => store.transact((transaction) => work(expandingReader(transaction, codesOf))),
  };
}

function expandingReader<Reader extends StoreReader>(reader: Reader, codesOf: CodesOfValueSets): Reader {
  const closed = async (where: PlanNode): Promise<PlanNode> => {
    const members = memberNodes(where);
    if (members.length === 0) return where;
    const codes = await codesOf(reader, [...new Set(members.map(({ valueSet }) => valueSet))]);
    for (const member of members) if (!codes.get(member.valueSet)) throw notExpandable(member, 'in');
    return withCodes(where, (valueSet) => codes.get(valueSet)!);
  };
  return {
    ...reader,
    search: async (query) => reader.search({ ...query, where: await closed(query.where) }),
    count: async (type, where) => reader.count(type, await closed(where)),
    steps: async (query) => reader.steps({ ...query, where: await closed(query.where) }),
  };
}
