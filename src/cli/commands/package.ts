/** `kat-fhir package`: the guide as a FHIR package that other tools can load. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { Command } from 'commander';
import { openGuide } from '../../fhir/guide-file.ts';
import { type Packed, packGuide } from '../../fhir/guide-package.ts';
import { compact } from '../../fhir/json-splice.ts';
import { isResource } from '../../fhir/resource.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';

/** They come with the command: beside `src`, and beside `dist`. */
const examplesFolder = join(import.meta.dirname, '..', '..', '..', 'examples');

export function packageCommand(output: Output): Command {
  return new Command('package')
    .description('write the guide as a FHIR package: profiles with snapshots, forms, terminology, examples')
    .option('--output <file>', 'where to write it; default: name and version of the guide, here')
    .action((options: { output?: string }) => {
      process.exitCode = writePackage(options.output, output);
    });
}

function writePackage(path: string | undefined, output: Output): ExitCode {
  const guide = openGuide();
  const examples = readExamples(examplesFolder);
  const { fileName, archive } = packGuide(guide, examples);
  const file = path ?? fileName;
  try {
    writeFileSync(file, archive);
  } catch (error) {
    output.note(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
    return exitCode.environment;
  }
  output.data(file);
  output.note(`${guide.artefacts.length} artefacts, ${examples.length} examples, ${archive.length} bytes`);
  return exitCode.fine;
}

/** The resources of every story; what has no id of its own is named after its story. */
function readExamples(folder: string): Packed[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((file) => {
      // The text stays what it is: decimals have as many digits as were written.
      const text = compact(readFileSync(file, 'utf8'));
      const value: unknown = JSON.parse(text);
      if (!isResource(value)) return [];
      const id = value.id ?? idOf(relative(folder, file));
      const named = value.id ? text : `{"id":"${id}",${text.slice(1)}`;
      return [{ type: value.resourceType, id, text: () => named }];
    });
}

/** `trd-iv-six/bundle.json` is the story itself, `trd-iv-six/plan.json` a part of it. */
function idOf(path: string): string {
  const [story = '', ...parts] = path.replace(/\.json$/, '').split(sep);
  return basename(path) === 'bundle.json' ? story : [story, ...parts].join('-');
}
