/** Texts to measure with: the guide's instances, HL7's examples, Synthea's records. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isResource } from '../../src/fhir/resource.ts';
import { exampleInstances } from '../conformance/examples.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const largest = 60 * 1024;
/** Texts of each corpus: enough shapes for a mixed figure, few enough for many rounds. */
const size = 200;

export interface Corpus {
  readonly name: string;
  readonly texts: readonly string[];
}

export function corpora(): Corpus[] {
  const all = [
    { name: 'instances of the guide', texts: guideTexts() },
    { name: 'the same without narrative', texts: guideTexts().map(withoutNarrative) },
    { name: "HL7's examples up to 60 KB", texts: exampleTexts() },
    { name: 'Synthea', texts: syntheaTexts() },
  ];
  for (const { name, texts } of all) if (texts.length === 0) process.stderr.write(`${name}: none here\n`);
  return all
    .filter(({ texts }) => texts.length > 0)
    .map(({ name, texts }) => ({ name, texts: evenly(texts.filter(({ length }) => length <= largest)) }));
}

function guideTexts(): string[] {
  const folder = join(root, 'test/cases/invariants');
  const passing = jsonIn(folder).filter((file) => file.endsWith('-pass.json'));
  const stories = readdirSync(join(root, 'examples')).flatMap((story) => {
    const bundle = join(root, 'examples', story, 'bundle.json');
    return existsSync(bundle) ? entriesOf(bundle) : [];
  });
  return [...passing.map((file) => readFileSync(join(folder, file), 'utf8')), ...stories];
}

function exampleTexts(): string[] {
  const instances = exampleInstances(join(root, 'node_modules/hl7.fhir.r4.core'));
  return [...instances].map(({ resource }) => JSON.stringify(resource));
}

function syntheaTexts(): string[] {
  const folder = join(root, '../shared/testdata/synthea');
  return existsSync(folder) ? jsonIn(folder).flatMap((file) => entriesOf(join(folder, file))) : [];
}

function jsonIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort();
}

function entriesOf(file: string): string[] {
  const bundle = JSON.parse(readFileSync(file, 'utf8')) as { entry?: { resource?: unknown }[] };
  return (bundle.entry ?? [])
    .map(({ resource }) => resource)
    .filter(isResource)
    .map((resource) => JSON.stringify(resource));
}

function withoutNarrative(text: string): string {
  const { text: _narrative, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(rest);
}

/** Every n-th, so that no type is favoured. */
function evenly(texts: readonly string[]): string[] {
  const step = Math.max(1, texts.length / size);
  return Array.from({ length: Math.min(size, texts.length) }, (_, index) => texts[Math.floor(index * step)]!);
}
