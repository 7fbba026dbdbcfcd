/** The command as a user runs it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Starts `kat-fhir` and leaves it running. */
export function startKat(...parameters: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [main, ...parameters]);
}

export interface KatResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `kat-fhir` in a process of its own, without a terminal. */
export function kat(...parameters: string[]): Promise<KatResult> {
  return katReading('', ...parameters);
}

/** The same, with something on stdin. */
export function katReading(input: string, ...parameters: string[]): Promise<KatResult> {
  const child = startKat(...parameters);
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}
