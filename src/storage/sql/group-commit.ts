/**
 * Group commit: units of work that arrive together share one transaction, and so one wait for the disk. Each runs in
 * a savepoint of its own: one that throws is undone alone. Nothing is answered before the commit, refusals included,
 * because they too may rest on what was not durable yet.
 */
import { createPauses } from '../../core/pauses.ts';
import type { SqlConnection } from './connection.ts';

/** Memory that follows the transaction: told what happens to it. */
export interface Follower {
  unitBegins(): void;
  /** Everything since `unitBegins` was undone. */
  unitUndone(): void;
  beforeCommit(): Promise<void>;
  /** Committed or wholly undone. */
  transactionEnds(): void;
}

export interface GroupCommit {
  /** Runs a unit of work after those before it; settles once its fate is durable. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Takes no more units; resolves when the last one has settled. */
  drain(): Promise<void>;
}

interface Unit {
  readonly work: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** How long one transaction may go on taking units: it keeps everything else waiting. */
const longestMs = 20;

/** @param begin statement that starts a transaction which may write */
export function createGroupCommit(connection: SqlConnection, begin: string, follower: Follower): GroupCommit {
  let queue: Unit[] = [];
  let running = false;
  let closed = false;
  let whenIdle: (() => void)[] = [];

  function schedule(): void {
    if (running) return;
    running = true;
    setImmediate(async () => {
      await runTransaction();
      running = false;
      if (queue.length > 0) return schedule();
      for (const resolve of whenIdle) resolve();
      whenIdle = [];
    });
  }

  async function runTransaction(): Promise<void> {
    const units: Unit[] = [];
    const settled: (() => void)[] = [];
    try {
      await connection.script(begin);
      const start = performance.now();
      const pause = createPauses();
      for (const unit of queue) {
        units.push(unit);
        settled.push(await runUnit(unit));
        if (performance.now() - start > longestMs) break;
      }
      await pause();
      await follower.beforeCommit();
      // A large commit holds the event loop by itself: what it took to come here is not added to it.
      await pause();
      await connection.script('COMMIT');
    } catch (error) {
      if (units.length === 0) units.push(...queue);
      settled.length = 0;
      settled.push(...units.map((unit) => () => unit.reject(error)));
      // The database may have undone it by itself, when its disk is full for instance.
      await connection.script('ROLLBACK').catch(() => undefined);
    }
    queue = queue.slice(units.length);
    follower.transactionEnds();
    for (const settle of settled) settle();
  }

  /** Resolves to what to do after the commit; throws when the transaction as a whole is lost. */
  async function runUnit({ work, resolve, reject }: Unit): Promise<() => void> {
    await connection.script('SAVEPOINT unit');
    follower.unitBegins();
    try {
      const value = await work();
      await connection.script('RELEASE unit');
      return () => resolve(value);
    } catch (error) {
      await connection.script('ROLLBACK TO unit; RELEASE unit');
      follower.unitUndone();
      return () => reject(error);
    }
  }

  return {
    run<T>(work: () => Promise<T>): Promise<T> {
      if (closed) return Promise.reject(new Error('the store is closed'));
      return new Promise<T>((resolve, reject) => {
        queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
        schedule();
      });
    },
    async drain() {
      closed = true;
      if (running) await new Promise<void>((resolve) => whenIdle.push(resolve));
    },
  };
}
