/**
 * `kat-fhir validate`: checks JSON and XML files against R4 and profiles, one line a finding.
 * https://hl7.org/fhir/R4/validation.html
 */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { FhirError } from '../../core/fhir-error.ts';
import { hasErrors, type Issue } from '../../core/issue.ts';
import { type Locator, withPositions } from '../../fhir/json-locator.ts';
import { parseJson } from '../../fhir/json-source.ts';
import type { Model } from '../../fhir/model.ts';
import { openRegistry } from '../../fhir/open-registry.ts';
import { readXml } from '../../fhir/xml-reader.ts';
import { createValidator } from '../../library.ts';
import type { Validator } from '../../validator/validator.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { findingLine } from '../finding-line.ts';
import type { Output } from '../output.ts';

interface ValidateOptions {
  readonly profile: readonly string[];
  readonly json?: boolean;
}

interface FileFinding extends Issue {
  readonly file: string;
}

export function validateCommand(output: Output): Command {
  return new Command('validate')
    .description('check resources in JSON and XML files; a Bundle is checked whole')
    .argument('<file...>', 'JSON files; XML files end in .xml')
    .option(
      '--profile <url>',
      'a profile to meet besides those in meta.profile; may be repeated',
      collect,
      [],
    )
    .option('--json', 'print the findings as one JSON array')
    .action((files: string[], options: ValidateOptions) => {
      const registry = openRegistry();
      const unknown = options.profile.filter((url) => !registry.structure(url));
      for (const url of unknown) output.note(`--profile ${url}: no such profile is known`);
      process.exitCode =
        unknown.length > 0
          ? exitCode.usage
          : validateFiles(
              { validator: createValidator({ registry }), model: registry.model },
              files,
              options,
              output,
            );
    });
}

interface Tools {
  readonly validator: Validator;
  /** For reading XML. */
  readonly model: Model;
}

/** Checks every file that can be read, then says how it went. */
export function validateFiles(
  tools: Tools,
  files: readonly string[],
  options: ValidateOptions,
  output: Output,
): ExitCode {
  const findings: FileFinding[] = [];
  let unreadable = 0;
  for (const file of files) {
    const text = readText(file, output);
    if (text === undefined) {
      unreadable++;
      continue;
    }
    const issues = issuesOf(tools, file, text, options.profile);
    findings.push(...issues.map((issue) => ({ file, ...issue })));
    if (!options.json) for (const issue of issues) output.data(findingLine(file, issue));
  }
  if (options.json) output.data(JSON.stringify(findings, undefined, 2));
  if (unreadable > 0) return exitCode.environment;
  return hasErrors(findings) ? exitCode.findings : exitCode.fine;
}

function readText(file: string, output: Output): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    output.note(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return undefined;
  }
}

/** Text that is no JSON, or no XML in a file that says so, is a finding like any other. */
function issuesOf(
  { validator, model }: Tools,
  file: string,
  text: string,
  profiles: readonly string[],
): readonly Issue[] {
  try {
    const source: { text: string; locator?: () => Locator } = /\.xml$/i.test(file)
      ? readXml(model, text)
      : { text };
    const issues = validator.validate(parseJson(source.text), { profiles });
    return withPositions(issues, source.text, source.locator);
  } catch (error) {
    if (error instanceof FhirError) return error.issues;
    throw error;
  }
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}
