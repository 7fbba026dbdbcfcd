/**
 * The index kept to what the program makes of resources: when a newer program, or a newer guide, indexes otherwise
 * than what filled the store, everything is indexed again before the server listens.
 */
import type { Log } from '../core/log.ts';
import { indexFormat } from '../search/index-format.ts';
import type { TypeSelection } from '../search/plan.ts';
import type { Services } from './interaction.ts';

const noteName = 'index-format';
/** Resources indexed in one unit of work: others wait behind it. */
const pageSize = 50;
const logEveryMs = 5000;

type IndexServices = Pick<Services, 'registry' | 'store' | 'indexer'>;

export async function bringIndexUpToDate(services: IndexServices, log: Log): Promise<void> {
  const { store, registry } = services;
  const format = indexFormat(registry);
  if ((await store.note(noteName)) === format) return;
  if ((await store.lastChange()) > 0) {
    const total = await store.count([], { kind: 'all' });
    log.info({ total }, 'indexing all resources again: the program indexes otherwise than the one before');
    let logged = performance.now();
    await reindex(services, [], (done) => {
      if (performance.now() - logged < logEveryMs) return true;
      logged = performance.now();
      log.info({ done, total }, 'indexing');
      return true;
    });
  }
  await store.transact((transaction) => transaction.setNote(noteName, format));
}

/**
 * Indexes every resource of some types again, in small units of work between those of others.
 * @param report is told how many are done; goes on while it says true
 * @returns whether it came to the end
 */
export async function reindex(
  { store, indexer }: Pick<Services, 'store' | 'indexer'>,
  type: TypeSelection,
  report: (done: number) => boolean,
): Promise<boolean> {
  let after: number | undefined;
  let done = 0;
  do {
    const page = { type, limit: pageSize, after };
    after = await store.transact((transaction) =>
      transaction.reindex(page, ({ body }) => {
        done++;
        return indexer.index(JSON.parse(body!));
      }),
    );
    if (!report(done)) return false;
  } while (after !== undefined);
  return true;
}
