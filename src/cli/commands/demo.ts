/** `kat-fhir demo`: a simulated cohort, as transactions in NDJSON or sent to a server. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { cohort } from '../demo/cohort.ts';
import { courseBundle } from '../demo/course-bundle.ts';
import { guideDisplays, withDisplays } from '../demo/guide-displays.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { createFhirClient, ServerUnreachable } from '../fhir-client.ts';
import { loadResource } from '../load-resource.ts';
import type { Output } from '../output.ts';
import { startProgress } from '../progress.ts';

interface DemoOptions {
  readonly patients: number;
  readonly seed: number;
  readonly output?: string;
  readonly server?: string;
  readonly tokenFile?: string;
}

export function demoCommand(output: Output): Command {
  return new Command('demo')
    .description('simulate a cohort of courses, with therapy and infusion only; same seed, same cohort')
    .option('--patients <n>', 'how many', wholeNumber, 20)
    .option('--seed <n>', 'which cohort', wholeNumber, 1)
    .option('--output <folder>', 'write cohort-SEED.ndjson there; default: stdout')
    .option('--server <url>', 'send them to a FHIR server instead')
    .option('--token-file <file>', 'file that holds the bearer token')
    .action(async (options: DemoOptions) => {
      process.exitCode = await demo(options, output);
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('A whole number is wanted.');
  return Number(text);
}

async function demo(options: DemoOptions, output: Output): Promise<ExitCode> {
  if (options.server !== undefined && options.output !== undefined) {
    output.note('Either --output or --server');
    return exitCode.usage;
  }
  try {
    if (options.server !== undefined) return await send(options.server, options, output);
    if (options.output === undefined) {
      for (const line of lines(options)) output.data(line);
      return exitCode.fine;
    }
    mkdirSync(options.output, { recursive: true });
    const file = join(options.output, `cohort-${options.seed}.ndjson`);
    writeFileSync(file, [...lines(options), ''].join('\n'));
    output.data(file);
    return exitCode.fine;
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (error instanceof ServerUnreachable) output.note(`${error.message}. Is the server running?`);
    else if (code !== undefined) output.note(`${path}: cannot be used (${code})`);
    else throw error;
    return exitCode.environment;
  }
}

/** The transaction of each patient, one a line. */
function* lines({ patients, seed }: DemoOptions): Generator<string> {
  const displays = guideDisplays();
  for (const description of cohort(patients, seed)) {
    yield JSON.stringify(withDisplays(courseBundle(description), displays));
  }
}

async function send(server: string, options: DemoOptions, output: Output): Promise<ExitCode> {
  const token = options.tokenFile === undefined ? undefined : readFileSync(options.tokenFile, 'utf8').trim();
  const client = createFhirClient(server, token);
  const progress = startProgress(options.patients, 'patients', output);
  let sent = 0;
  let stored = 0;
  let refused = 0;
  try {
    for (const line of lines(options)) {
      const { stored: types, issues } = await loadResource(client, line);
      stored += types.length;
      for (const { severity, expression, text } of issues) {
        if (severity !== 'error' && severity !== 'fatal') continue;
        refused++;
        output.note(`patient ${sent + 1} ${expression ?? ''} ${text}`);
      }
      progress.at(++sent);
    }
  } finally {
    progress.end();
  }
  output.data(`${stored} resources stored`);
  return refused > 0 ? exitCode.findings : exitCode.fine;
}
