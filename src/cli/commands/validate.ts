/**
 * `kat-fhir validate`: checks files, folders and stdin against R4, the guide, other packages and profiles.
 * https://hl7.org/fhir/R4/validation.html
 */
import { Command, Option } from 'commander';
import { openRegistry } from '../../fhir/open-registry.ts';
import type { Registry } from '../../fhir/registry.ts';
import { createValidator } from '../../library.ts';
import type { ValidationOptions } from '../../validator/validator.ts';
import { type Checker, standardInput } from '../check-file.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { filesIn } from '../files-in.ts';
import type { Output } from '../output.ts';
import type { ReporterFactory } from '../reporters/reporter.ts';
import { chosenReporter, reporterOptions } from '../reporters/reporters.ts';
import { packageDefinitions, resourcesIn, UnusableFile } from '../resources-in.ts';
import { resourceEndings, validateFiles } from '../validate-files.ts';
import { watchPaths } from '../watch-paths.ts';

interface ValidateOptions {
  readonly profile?: readonly string[];
  readonly package?: readonly string[];
  readonly supporting?: readonly string[];
  readonly references: NonNullable<ValidationOptions['references']>;
  readonly watch?: boolean;
}

export function validateCommand(output: Output): Command {
  const command = new Command('validate')
    .description('check resources in JSON, XML and NDJSON; a Bundle is checked whole')
    .argument('<path...>', 'files, folders that hold some, or - for stdin')
    .option('--profile <url>', 'a profile to meet besides those in meta.profile; may be repeated', collect)
    .option('--package <file>', 'a FHIR package (.tgz) whose definitions count too; may be repeated', collect)
    .option(
      '--supporting <path>',
      'files that references and canonicals may lead to; may be repeated',
      collect,
    )
    .addOption(
      new Option(
        '--references <how>',
        'follow references: they must lead to something known, and conform to what is asked of it',
      )
        .choices(['ignore', 'exist', 'conform'])
        .default('ignore'),
    )
    .option('--watch', 'stay, and check again whenever something changes');
  for (const { option, description } of reporterOptions) {
    const others = reporterOptions.map((row) => row.option).filter((other) => other !== option);
    command.addOption(new Option(`--${option}`, description).conflicts(others));
  }
  return command.action(async (paths: string[], options: ValidateOptions) => {
    process.exitCode = await validate(paths, options, chosenReporter(command.opts()), output);
  });
}

async function validate(
  paths: readonly string[],
  options: ValidateOptions,
  reporter: ReporterFactory,
  output: Output,
): Promise<ExitCode> {
  if (options.watch && paths.includes(standardInput)) {
    output.note('--watch watches files, and - is none');
    return exitCode.usage;
  }
  const prepared = prepare(options, output);
  if (typeof prepared === 'number') return prepared;
  const code = await validateFiles(prepared, paths, reporter, output);
  return options.watch ? watchOn(prepared, paths, reporter, output, code) : code;
}

/** A validator that knows what the options name; or the code to end with when they name what cannot be used. */
function prepare(options: ValidateOptions, output: Output): Checker | ExitCode {
  const { profile: profiles = [] } = options;
  const core = openRegistry();
  let registry: Registry;
  let supporting: ReturnType<typeof resourcesIn>;
  try {
    const definitions = packageDefinitions(options.package ?? []);
    const others = resourcesIn(filesIn(options.supporting ?? [], resourceEndings), core.model);
    supporting = [...others, ...definitions];
    const known = supporting.filter(({ url }) => typeof url === 'string');
    registry = known.length === 0 ? core : core.extend(known);
  } catch (error) {
    const { path, code } = error as NodeJS.ErrnoException;
    if (!(error instanceof UnusableFile) && code === undefined) throw error;
    output.note(error instanceof UnusableFile ? error.message : `${path}: cannot be read (${code})`);
    return exitCode.environment;
  }
  const unknown = profiles.filter((url) => !registry.structure(url));
  for (const url of unknown) output.note(`--profile ${url}: no such profile is known`);
  if (unknown.length > 0) return exitCode.usage;
  return {
    validator: createValidator({ registry }),
    model: registry.model,
    options: { profiles, supporting, references: options.references },
  };
}

/** Checks again after every change, until the user ends it. */
async function watchOn(
  checker: Checker,
  paths: readonly string[],
  reporter: ReporterFactory,
  output: Output,
  first: ExitCode,
): Promise<ExitCode> {
  let last = first;
  let running = Promise.resolve();
  const stop = watchPaths(paths, () => {
    running = running.then(async () => {
      output.note('Something changed');
      last = await validateFiles(checker, paths, reporter, output);
      output.note('Watching; Ctrl+C ends');
    });
  });
  output.note('Watching; Ctrl+C ends');
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  stop();
  await running;
  return last;
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
