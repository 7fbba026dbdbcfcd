/**
 * Changes to the inverted index wait here until the transaction commits, or until a search inside it needs them:
 * a full text index pays for every savepoint it takes part in, one that is written once per transaction does not.
 */
import { createPauses } from '../../core/pauses.ts';
import type { TextEntry } from '../../search/index-entries.ts';
import type { SqlConnection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import type { Follower } from './group-commit.ts';
import { termWord } from './term-word.ts';

interface Change {
  readonly key: number;
  readonly type: string;
  /** The row may have terms that go. */
  readonly replaces: boolean;
  readonly terms: readonly string[];
  readonly texts: TextEntry | undefined;
}

export interface TermBuffer extends Follower {
  add(change: Change): void;
  /** Brings the index up to date for a search that reads these types. */
  flushFor(types: ReadonlySet<string> | 'all'): Promise<void>;
}

export function createTermBuffer(connection: SqlConnection, dialect: Dialect): TermBuffer {
  const changes: Change[] = [];
  /** How many of them the index has. */
  let flushed = 0;
  /** Where the unit in progress began. */
  let unitStart = { changes: 0, flushed: 0 };

  async function flush(): Promise<void> {
    const pause = createPauses();
    while (flushed < changes.length) {
      await pause();
      const { key, replaces, terms, texts } = changes[flushed]!;
      if (replaces) {
        await connection.run(dialect.removeTerms(key));
        await connection.run(dialect.removeTexts(key));
      }
      if (texts) await connection.run(dialect.addTexts(key, texts));
      if (terms.length > 0) await connection.run(dialect.addTerms(key, terms.map(termWord)));
      flushed++;
    }
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
