/** Texts to measure with: the guide's instances, HL7's examples, Synthea's records. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isResource } from '../../src/fhir/resource.ts';
import { exampleInstances } from '../conformance/examples.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const largest = 60 * 1024;
/** Texts of a corpus that has many of each shape: enough of them for a mixed figure, few enough for many rounds. */
const size = 200;

export interface Corpus {
  readonly name: string;
  readonly texts: readonly string[];
}

/** Read when asked for; no texts where they are not here. */
export const corpora: Readonly<Record<string, () => string[]>> = {
  'instances of the guide': () => evenly(guideTexts()),
  'the same without narrative': () => evenly(guideTexts().map(withoutNarrative)),
  // All of them: of most types there are but a few.
  "HL7's examples up to 60 KB": () => exampleTexts().filter(isSmall),
  Synthea: () => evenly(syntheaTexts()),
};

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

export function withoutNarrative(text: string): string {
  const { text: _narrative, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(rest);
}

/** Distinct instances of the guide for each of its profiles, as many together as asked for. */
export function profileCorpora(total: number): Corpus[] {
  const byProfile = Map.groupBy(guideTexts(), (text) => {
    const { meta } = JSON.parse(text) as { meta?: { profile?: string[] } };
    return meta?.profile?.find((url) => url.includes('/kat-')) ?? '';
  });
  byProfile.delete('');
  const each = Math.ceil(total / byProfile.size);
  return [...byProfile].map(([url, texts]) => ({
    name: url.slice(url.lastIndexOf('/') + 1),
    texts: Array.from({ length: each }, (_, n) => variantOf(texts[n % texts.length]!, n)),
  }));
}

/** The same resource of another patient in another year: no two variants share an id, a reference or a date. */
function variantOf(text: string, n: number): string {
  return JSON.stringify(JSON.parse(text), (key, value) => {
    if (typeof value !== 'string') return value;
    if (key === 'id') return `${value}-${n}`;
    if (key === 'reference') return referenceOf(value, n);
    // Leap years stay leap years.
    return value.replace(/^(\d{4})(?=-\d\d)/, (year) => String(Number(year) - 4 * (n % 20)));
  });
}

/** A UUID stays one. */
function referenceOf(reference: string, n: number): string {
  if (!reference.startsWith('urn:uuid:')) return `${reference}-${n}`;
  return reference.slice(0, -8) + n.toString(16).padStart(8, '0');
}

/** A collection of so many instances of the guide. */
export function bundleOf(entries: number): string {
  const texts = profileCorpora(Math.min(entries, 1000)).flatMap(({ texts }) => texts);
  const entry = Array.from({ length: entries }, (_, n) => {
    const resource = JSON.parse(texts[n % texts.length]!) as { id: string; resourceType: string };
    resource.id = `entry-${n}`;
    return { fullUrl: `https://kat.example/fhir/${resource.resourceType}/${resource.id}`, resource };
  });
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
}

const isSmall = ({ length }: string) => length <= largest;

/** Every n-th of those that are not too large, so that no type is favoured. */
function evenly(all: readonly string[]): string[] {
  const texts = all.filter(isSmall);
  const step = Math.max(1, texts.length / size);
  return Array.from({ length: Math.min(size, texts.length) }, (_, index) => texts[Math.floor(index * step)]!);
}
