/** Pauses in long work, so that the event loop can attend to others. */
import { setImmediate, setTimeout } from 'node:timers/promises';

/** How long work may go on without a pause, milliseconds. */
const longest = 10;

/** Asked between two steps of the work; waits for a turn of the event loop when the last pause is long ago. */
export function createPauses(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < longest) return;
    await setImmediate();
    since = performance.now();
  };
}

/** Work that yields wherever it may be interrupted: written once, done at once or in turns. */
export type Stepwise<T> = Generator<undefined, T>;

export function atOnce<T>(work: Stepwise<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Does the work with pauses. What it throws is thrown. */
export async function inTurns<T>(work: Stepwise<T>): Promise<T> {
  const pause = createPauses();
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await pause();
  }
}

/** Milliseconds that belong to others between two jobs that can wait. */
const spare = 5;

/** Does jobs that can wait, one at a time, unless aborted before; the process does not stay for them. */
export async function inSpareTime(jobs: Iterable<() => void>, { signal }: AbortController): Promise<void> {
  for (const job of jobs) {
    await setTimeout(spare, undefined, { ref: false });
    if (signal.aborted) return;
    job();
  }
}
