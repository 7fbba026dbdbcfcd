/**
 * Validation of many resources beside the event loop: what is small is done in turn on the main thread, with pauses;
 * what is large goes, as text, to threads that start when first needed and end when idle for long.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Issue } from './core/issue.ts';
import { createPauses } from './core/pauses.ts';
import type { ValidationAnswer, ValidationJob } from './validation-worker.ts';
import type { SourcedResource, ValidateMany, ValidationOptions, Validator } from './validator/validator.ts';

export interface ValidationPool {
  readonly validateMany: ValidateMany;
  /** Ends the threads; jobs under way are refused. */
  close(): Promise<void>;
}

export interface ValidationPoolOptions {
  /** Default: one for each core, four at most; 0: everything in turn on the main thread. */
  readonly threads?: number;
  /** From how many characters on threads are used: below, the main thread is done sooner than the messages are. */
  readonly threshold?: number;
  /** After how many milliseconds without work a thread ends. */
  readonly idle?: number;
}

/** Characters: enough that the messages cost little, few enough that all threads end at about the same time. */
const leastPart = 64 * 1024;
const partsPerThread = 4;

const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './validation-worker.ts' : './validation-worker.js',
  import.meta.url,
);

interface Task {
  readonly job: ValidationJob;
  readonly resolve: (findings: Issue[][]) => void;
  readonly reject: (error: unknown) => void;
}

/** @param validator over the definitions that ship: the threads open the same ones */
export function createValidationPool(
  validator: Validator,
  {
    threads = Math.min(availableParallelism(), 4),
    threshold = 512 * 1024,
    idle = 60_000,
  }: ValidationPoolOptions = {},
): ValidationPool {
  const waiting: Task[] = [];
  const free: Worker[] = [];
  const all = new Map<Worker, Task | undefined>();
  const endings = new Map<Worker, NodeJS.Timeout>();

  function start(): Worker {
    const worker = new Worker(workerFile);
    all.set(worker, undefined);
    worker.on('message', (answer: ValidationAnswer) => {
      const task = all.get(worker);
      all.set(worker, undefined);
      if ('error' in answer) task?.reject(answer.error);
      else task?.resolve(answer.findings);
      free.push(worker);
      worker.unref();
      next();
      if (free.includes(worker)) endings.set(worker, setTimeout(() => endIdle(worker), idle).unref());
    });
    const lost = (error: unknown): void => {
      all.get(worker)?.reject(error);
      all.delete(worker);
      clearTimeout(endings.get(worker));
      endings.delete(worker);
      const at = free.indexOf(worker);
      if (at !== -1) free.splice(at, 1);
      next();
    };
    worker.on('error', lost);
    worker.on('exit', () => lost(new Error('The thread of validation ended')));
    return worker;
  }

  function endIdle(worker: Worker): void {
    free.splice(free.indexOf(worker), 1);
    void worker.terminate();
  }

  function next(): void {
    while (waiting.length > 0) {
      const worker = free.pop() ?? (all.size < threads ? start() : undefined);
      if (!worker) return;
      const task = waiting.shift() as Task;
      clearTimeout(endings.get(worker));
      all.set(worker, task);
      worker.ref();
      worker.postMessage(task.job);
    }
  }

  function ask(job: ValidationJob): Promise<Issue[][]> {
    return new Promise((resolve, reject) => {
      waiting.push({ job, resolve, reject });
      next();
    });
  }

  async function validateInTurn(
    resources: readonly SourcedResource[],
    options: ValidationOptions,
  ): Promise<Issue[][]> {
    const findings: Issue[][] = [];
    const pause = createPauses();
    for (const { resource, text } of resources) {
      findings.push(validator.validate(resource, { ...options, text }));
      await pause();
    }
    return findings;
  }

  return {
    async validateMany(resources, options = {}) {
      const texts = resources.map(({ text }) => text).filter((text) => text !== undefined);
      const size = texts.reduce((sum, text) => sum + text.length, 0);
      if (threads === 0 || size < threshold || texts.length < resources.length)
        return validateInTurn(resources, options);
      const part = Math.max(leastPart, size / (threads * partsPerThread));
      const answers = await Promise.all(partsOf(texts, part).map((some) => ask({ texts: some, options })));
      return answers.flat();
    },
    async close() {
      for (const task of waiting.splice(0)) task.reject(new Error('The server is closing'));
      await Promise.all([...all.keys()].map((worker) => worker.terminate()));
    },
  };
}

/** The texts in runs of about so many characters. */
function partsOf(texts: readonly string[], size: number): string[][] {
  const parts: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    if (length >= size) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(text);
    length += text.length;
  }
  return parts;
}
