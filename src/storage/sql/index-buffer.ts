/**
 * Changes to the index wait here until the transaction commits, or until a search inside it needs them. A database
 * keeps for every savepoint what the pages were before it, and a full text index writes itself out at each: what is
 * written once per transaction, outside of all savepoints, pays for none of them.
 */
import { createPauses } from '../../core/pauses.ts';
import type { IndexEntries } from '../../search/index-entries.ts';
import type { SqlConnection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import type { Follower } from './group-commit.ts';
import { addRows, deleteRows, insertRows, noRows } from './index-rows.ts';
import type { ParameterIds } from './parameter-ids.ts';
import { termWord } from './term-word.ts';

interface Change {
  readonly key: number;
  readonly type: string;
  /** The row may have entries that go. */
  readonly replaces: boolean;
  /** Undefined for a deletion. */
  readonly entries: IndexEntries | undefined;
}

export interface IndexBuffer extends Follower {
  add(change: Change): void;
  /** Brings the index up to date for a search that reads these types. */
  flushFor(types: ReadonlySet<string> | 'all'): Promise<void>;
}

/** Changes that are written together, between two chances for the event loop. */
const together = 50;

export function createIndexBuffer(
  connection: SqlConnection,
  dialect: Dialect,
  parameters: ParameterIds,
): IndexBuffer {
  const changes: Change[] = [];
  /** How many of them the index has. */
  let flushed = 0;
  /** Where the unit in progress began. */
  let unitStart = { changes: 0, flushed: 0 };

  async function flush(): Promise<void> {
    const pause = createPauses();
    while (flushed < changes.length) {
      await pause();
      const end = Math.min(flushed + together, changes.length);
      await writeLast(changes.slice(flushed, end));
      flushed = end;
    }
  }

  /** Of a resource that changed several times only the last is left. */
  async function writeLast(some: readonly Change[]): Promise<void> {
    const rows = noRows();
    for (const { key, replaces, entries } of new Map(some.map((change) => [change.key, change])).values()) {
      if (replaces) {
        await connection.run(dialect.removeTerms(key));
        await connection.run(dialect.removeTexts(key));
        await deleteRows(connection, key);
      }
      if (!entries) continue;
      const { texts, terms } = entries;
      if (texts) await connection.run(dialect.addTexts(key, texts));
      if (terms.length > 0) await connection.run(dialect.addTerms(key, terms.map(termWord)));
      await addRows(rows, key, entries, parameters);
    }
    await insertRows(connection, rows);
  }

  return {
    add: (change) => void changes.push(change),
    async flushFor(types) {
      const concerned = changes.findIndex(
        ({ type }, i) => i >= flushed && (types === 'all' || types.has(type)),
      );
      if (concerned >= 0) await flush();
    },
    unitBegins() {
      unitStart = { changes: changes.length, flushed };
    },
    unitUndone() {
      changes.length = unitStart.changes;
      flushed = unitStart.flushed;
    },
    beforeCommit: flush,
    transactionEnds() {
      changes.length = 0;
      flushed = 0;
    },
  };
}
