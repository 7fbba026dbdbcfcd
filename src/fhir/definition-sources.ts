/**
 * Where the definitions come from: the packages of HL7 that npm installs, and the guide's own folders.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Origin } from './definitions-file.ts';
import type { Resource } from './resource.ts';

export interface SourceFile {
  readonly file: string;
  readonly origin: Origin;
  readonly resource: Resource;
}

interface SourcePackage {
  readonly name: string;
  readonly origin: Origin;
  /** Files that hold definitions of use here, by the beginning of their name. */
  readonly files: RegExp;
}

/** The search parameters of the extension pack are no part of R4, so they are not offered. */
const packages: readonly SourcePackage[] = [
  {
    name: 'hl7.fhir.r4.core',
    origin: 'core',
    files:
      /^(?:StructureDefinition|SearchParameter|OperationDefinition|CodeSystem|ValueSet|CompartmentDefinition)-/,
  },
  {
    name: 'hl7.fhir.uv.extensions.r4',
    origin: 'extensions',
    files: /^(?:StructureDefinition|CodeSystem|ValueSet)-/,
  },
  {
    name: 'hl7.terminology.r4',
    origin: 'terminology',
    files: /^(?:StructureDefinition|CodeSystem|ValueSet)-/,
  },
  // The extensions by which forms calculate and fill themselves, and their codes, no part of the extension pack; and
  // the operations that fill forms and extract from them.
  {
    name: 'hl7.fhir.uv.sdc',
    origin: 'extensions',
    files:
      /^(?:StructureDefinition-sdc-questionnaire-|(?:CodeSystem|ValueSet)-(?:launchContext|observation-extract)|OperationDefinition-Questionnaire(?:-populate|Response-extract)\.)/,
  },
  { name: 'hl7.fhir.r4.expansions', origin: 'expansions', files: /^ValueSet-/ },
];

/** `example`, `example2`, `example-filter`; what ExampleScenario draws on begins with the same letters. */
const isExample = (id = '') => /^example(?![a-z])/.test(id);

const guideFolders = ['profiles', 'terminology'];

/** @param root folder of the project */
export function readPackages(root: string): SourceFile[] {
  return packages.flatMap(({ name, origin, files }) => {
    const folder = join(root, 'node_modules', name);
    return readdirSync(folder)
      .filter((file) => files.test(file) && file.endsWith('.json'))
      .map((file) => ({ file: join(folder, file), origin, resource: readResource(join(folder, file)) }))
      .filter(({ resource }) => typeof resource.url === 'string' && !isExample(resource.id));
  });
}

/** @param root folder of the project */
export function readGuide(root: string): SourceFile[] {
  return guideFiles(root).map((file) => ({ file, origin: 'guide', resource: readResource(file) }));
}

/** A fingerprint of everything the compiled file is made from: packages by version, guide and own sources by text. */
export function hashSources(root: string): string {
  const hash = createHash('sha256');
  for (const { name } of packages)
    hash.update(readFileSync(join(root, 'node_modules', name, 'package.json')));
  for (const file of [...guideFiles(root), ...sourceFiles(join(root, 'src', 'fhir'), '.ts')]) {
    hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function guideFiles(root: string): string[] {
  return guideFolders.flatMap((folder) => sourceFiles(join(root, folder), '.json'));
}

function sourceFiles(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function readResource(file: string): Resource {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Resource;
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
