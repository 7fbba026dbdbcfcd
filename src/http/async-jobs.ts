/**
 * Work that clients come back for: what runs, and what came of it until it is fetched, called off or too old. All of it
 * is bounded, and none of it outlives the process.
 * https://hl7.org/fhir/R5/async-bundle.html
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { type FhirError, refuse } from '../core/fhir-error.ts';
import type { Result } from '../interactions/interaction.ts';

export interface AsyncJob {
  readonly started: number;
  /** Undefined while it runs. A refusal is a result like any other. */
  readonly result: Result | undefined;
}

export interface AsyncJobs {
  /**
   * Begins the work; the caller does not wait for it.
   * @returns a name that cannot be guessed
   * @throws FhirError 429 when too much is being worked on
   */
  start(work: () => Promise<Result>): string;
  find(id: string): AsyncJob | undefined;
  /** Forgets the work and what came of it. @returns whether there was any */
  cancel(id: string): boolean;
  /** Resolves once nothing runs. */
  settled(): Promise<void>;
}

export interface AsyncJobOptions {
  readonly clock: Clock;
  /** What an error says to the client; logs it when it is no refusal. */
  readonly refusalOf: (error: unknown) => FhirError;
  readonly maximumRunning?: number;
  /** Of all results that are kept together. */
  readonly maximumBytes?: number;
  /** How long a result is kept, milliseconds. */
  readonly keptFor?: number;
}

interface KeptJob extends AsyncJob {
  finished?: number;
  result: Result | undefined;
}

export function createAsyncJobs(options: AsyncJobOptions): AsyncJobs {
  const { clock, maximumRunning = 8, maximumBytes = 64 * 1024 * 1024, keptFor = 3_600_000 } = options;
  /** In the order in which they were started. */
  const jobs = new Map<string, KeptJob>();
  const running = new Set<Promise<void>>();

  function dropOld(): void {
    for (const [id, { finished }] of jobs) {
      if (finished !== undefined && clock.now() - finished > keptFor) jobs.delete(id);
    }
  }

  /** The oldest results make place for the new one. */
  function keep(job: KeptJob, result: Result): void {
    const size = sizeOf(result);
    const tooLarge = refuse('too-large', 'The answer is larger than the server keeps; ask for it in pages');
    job.result = size > maximumBytes ? resultOf(tooLarge) : result;
    job.finished = clock.now();
    let total = [...jobs.values()].reduce((sum, one) => sum + sizeOf(one.result), 0);
    for (const [id, one] of jobs) {
      if (total <= maximumBytes) break;
      if (one === job || one.finished === undefined) continue;
      total -= sizeOf(one.result);
      jobs.delete(id);
    }
  }

  return {
    start(work) {
      dropOld();
      if (running.size >= maximumRunning)
        throw refuse('too-many-requests', 'Too much is being worked on already; try again later');
      const id = randomUUID();
      const job: KeptJob = { started: clock.now(), result: undefined };
      jobs.set(id, job);
      const run = work()
        .catch((error: unknown) => resultOf(options.refusalOf(error)))
        .then((result) => {
          if (jobs.get(id) === job) keep(job, result);
          running.delete(run);
        });
      running.add(run);
      return id;
    },
    find(id) {
      dropOld();
      return jobs.get(id);
    },
    cancel: (id) => jobs.delete(id),
    async settled() {
      await Promise.all(running);
    },
  };
}

function resultOf({ status, issues }: FhirError): Result {
  return { status, issues };
}

function sizeOf(result: Result | undefined): number {
  return result?.body?.length ?? 0;
}
