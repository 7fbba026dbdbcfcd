/** `kat-fhir load`: sends files, or folders of them, to a server. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Issue } from '../../core/issue.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { createFhirClient, type FhirClient, ServerUnreachable } from '../fhir-client.ts';
import { filesIn } from '../files-in.ts';
import { findingLine } from '../finding-line.ts';

import { loadResource } from '../load-resource.ts';
import type { Output } from '../output.ts';
import { startProgress } from '../progress.ts';
import { readText } from '../read-text.ts';

interface LoadOptions {
  readonly server: string;
  readonly tokenFile?: string;
}

export function loadCommand(output: Output): Command {
  return new Command('load')
    .description(
      'send resources in JSON files to a server: bundles as transactions or batches, others one by one',
    )
    .argument('<path...>', 'JSON files, or folders that hold some')
    .option('--server <url>', 'base URL of the FHIR server', 'http://127.0.0.1:8080/fhir')
    .option('--token-file <file>', 'file that holds the bearer token')
    .action(async (paths: string[], options: LoadOptions) => {
      process.exitCode = await load(paths, options, output);
    });
}

async function load(paths: readonly string[], options: LoadOptions, output: Output): Promise<ExitCode> {
  let files: string[];
  let token: string | undefined;
  try {
    files = filesIn(paths, ['.json']);
    token = options.tokenFile === undefined ? undefined : readFileSync(options.tokenFile, 'utf8').trim();
  } catch (error) {
    output.note(
      `${(error as NodeJS.ErrnoException).path}: cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
    return exitCode.environment;
  }
  if (files.length === 0) {
    output.note(`No JSON file in ${paths.join(', ')}`);
    return exitCode.environment;
  }
  return loadFiles(createFhirClient(options.server, token), files, output);
}

/**
 * Sends the files one after the other: a file may refer to what an earlier one holds.
 * Prints how many resources of each type were stored; what was refused, and why, goes to stderr.
 */
export async function loadFiles(
  client: FhirClient,
  files: readonly string[],
  output: Output,
): Promise<ExitCode> {
  const counts = new Map<string, number>();
  const refused: string[] = [];
  const progress = startProgress(files.length, 'files', output);
  let stopped: string | undefined;
  try {
    for (const [index, file] of files.entries()) {
      const { stored, issues, status } = await loadResource(client, readText(file));
      for (const type of stored) counts.set(type, (counts.get(type) ?? 0) + 1);
      refused.push(...issues.filter(isError).map((issue) => findingLine(file, issue)));
      if (status === 401 || status === 403) {
        stopped = 'The server asks for a token that lets you write: --token-file FILE';
        break;
      }
      progress.at(index + 1);
    }
  } catch (error) {
    if (!(error instanceof ServerUnreachable)) throw error;
    stopped = `${error.message}. Is the server running?`;
  } finally {
    progress.end();
  }
  summarize(counts, refused, output);
  if (stopped !== undefined) {
    output.note(stopped);
    return exitCode.environment;
  }
  return refused.length > 0 ? exitCode.findings : exitCode.fine;
}

/** What keeps a resource out; advice is for `validate` to give. */
function isError({ severity }: Issue): boolean {
  return severity === 'error' || severity === 'fatal';
}

function summarize(counts: ReadonlyMap<string, number>, refused: readonly string[], output: Output): void {
  for (const line of refused) output.note(line);
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [type, count] of rows) output.data(`${String(count).padStart(7)} ${type}`);
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  output.data(`${String(total).padStart(7)} resources stored`);
}
