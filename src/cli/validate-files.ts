/** A run of `validate`: every file checked and told of, and how that went. */
import { existsSync } from 'node:fs';
import { hasErrors } from '../core/issue.ts';
import { type Checker, checkFile, standardInput, standardInputName } from './check-file.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { filesIn } from './files-in.ts';
import type { Output } from './output.ts';
import { startProgress } from './progress.ts';
import type { ReporterFactory } from './reporters/reporter.ts';

/** What a folder is searched for. */
export const resourceEndings = ['.json', '.xml', '.ndjson', '.jsonl'] as const;

/** From so many files on, a terminal shows how far the run is. */
const manyFiles = 50;

/**
 * Checks every file that can be read.
 * @param paths files, folders, `-`
 */
export async function validateFiles(
  checker: Checker,
  paths: readonly string[],
  createReporter: ReporterFactory,
  output: Output,
): Promise<ExitCode> {
  const files = paths.flatMap(expand);
  const long = process.stderr.isTTY && files.length >= manyFiles;
  const shown = long ? heldBack(output) : { output, release() {} };
  const progress = long ? startProgress(files.length, 'files', output) : undefined;
  const reporter = createReporter(shown.output);
  let unreadable = 0;
  let wrong = 0;
  try {
    for (const [index, file] of files.entries()) {
      const name = file === standardInput ? standardInputName : file;
      try {
        const issues = await checkFile(checker, file);
        if (hasErrors(issues)) wrong++;
        reporter.checked(name, issues);
      } catch (error) {
        const reason = (error as NodeJS.ErrnoException).code;
        if (reason === undefined) throw error;
        unreadable++;
        shown.output.note(`${name}: cannot be read (${reason})`);
        reporter.unreadable(name, reason);
      }
      progress?.at(index + 1);
    }
  } finally {
    progress?.end();
  }
  reporter.end();
  shown.release();
  if (files.length === 0) output.note(`No file to validate in ${paths.join(', ')}`);
  if (unreadable > 0 || files.length === 0) return exitCode.environment;
  return wrong > 0 ? exitCode.findings : exitCode.fine;
}

/** What is not there stays in the list: reading it says why. */
function expand(path: string): string[] {
  const exists = path !== standardInput && existsSync(path);
  return exists ? filesIn([path], resourceEndings) : [path];
}

/** On one terminal, lines of data would tear the bar to pieces: they come when it is gone. */
function heldBack(output: Output): { output: Output; release(): void } {
  const held: (() => void)[] = [];
  return {
    output: {
      data: (line) => held.push(() => output.data(line)),
      note: (line) => held.push(() => output.note(line)),
    },
    release() {
      for (const write of held.splice(0)) write();
    },
  };
}
