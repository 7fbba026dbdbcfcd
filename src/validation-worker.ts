/**
 * The thread of the validation pool: a validator of its own, asked by messages of texts, answering with findings.
 */
import { enableCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { Issue } from './core/issue.ts';
import type { ValidationOptions } from './validator/validator.ts';

export interface ValidationJob {
  readonly texts: readonly string[];
  readonly options: ValidationOptions;
}

export type ValidationAnswer = { readonly findings: Issue[][] } | { readonly error: unknown };

enableCompileCache();
const { createValidator } = await import('./library.ts');
const validator = createValidator();

parentPort?.on('message', ({ texts, options }: ValidationJob) => {
  parentPort?.postMessage(answer(texts, options));
});

/** The texts were accepted when the main thread parsed them, so they need no second look. */
function answer(texts: readonly string[], options: ValidationOptions): ValidationAnswer {
  try {
    return { findings: texts.map((text) => validator.validate(JSON.parse(text), { ...options, text })) };
  } catch (error) {
    return { error };
  }
}
