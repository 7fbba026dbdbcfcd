/**
 * Running a unit of work on the store with the cache kept true: what the work touches is dirty from before the commit
 * until it is known to have committed or not.
 */
import type { Services } from './interaction.ts';
import type { Work } from './write-version.ts';

/** Resolves once the work is durable; if it throws, nothing of it remains. */
export async function transact<T>(services: Services, run: (work: Work) => Promise<T>): Promise<T> {
  const mark = services.generations.begin();
  try {
    return await services.store.transact((transaction) =>
      run({ transaction, mark, written: [], foreseen: new Map() }),
    );
  } finally {
    mark.end();
  }
}
