/** From bytes to findings, beside `JSON.parse` of the same bytes and beside @medplum/core, which checks far less. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import type { Resource, StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../src/core/issue.ts';
import { parseJson, readJson } from '../../src/fhir/json-source.ts';
import { registry, validator } from '../validator/parts.ts';
import { type Comparison, print, ratioOf, spreadOf, takeTurns, type Variant } from './compare.ts';
import { bundleOf, type Corpus, corpora, profileCorpora, withoutNarrative } from './corpora.ts';

const rounds = 7;
/** Milliseconds. */
const shortestRound = 200;
/** Milliseconds for each corpus. */
const warmUpTime = 2000;
const mixedWarmUpTime = 8000;
/** For figures of which there are many. */
const briefRound = 40;
const distinct = 1000;
const bundleSizes = [100, 1_000, 10_000];

/**
 * Each part in a process of its own: what the engine has learnt of one corpus would else be in the figures of the next.
 */
export function benchValidation(): void {
  for (const part of Object.keys(validationParts)) {
    const { status } = spawnSync(process.execPath, [partFile, part], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`The part ${part} ended with ${status}`);
  }
}

const partFile = fileURLToPath(new URL('./validation-part.ts', import.meta.url));

/** What can be measured by itself. */
export const validationParts: Readonly<Record<string, () => Promise<void>>> = {
  profiles: benchProfiles,
  ...Object.fromEntries(
    Object.entries(corpora).map(([name, texts]) => [name, () => benchCorpus(name, texts())]),
  ),
  bundles: benchBundles,
};

async function benchProfiles(): Promise<void> {
  indexStructureDefinitionBundle(r4Definitions());
  const profiles = profileCorpora(distinct);
  for (const { texts } of profiles) warmUp(texts, warmUpTime);
  await compareProfiles('with narrative', profiles);
  await compareProfiles(
    'without narrative',
    profiles.map(({ name, texts }) => ({ name, texts: texts.map(withoutNarrative) })),
  );
}

async function benchCorpus(name: string, texts: readonly string[]): Promise<void> {
  if (texts.length === 0) {
    process.stdout.write(`validation: ${name}: none here\n\n`);
    return;
  }
  indexStructureDefinitionBundle(r4Definitions());
  warmUp(texts, mixedWarmUpTime);
  const title = `validation: ${name} (${texts.length}), a resource`;
  print(await takeTurns(title, 'µs', rounds, variants(texts, shortestRound)), [
    ['kat-fhir', 'JSON.parse'],
    ['@medplum/core', 'kat-fhir'],
    ['@medplum/core, parsed', 'kat-fhir, parsed'],
  ]);
}

/**
 * Until the engine has compiled what it will: else the first corpus pays for all. One of many types and few resources
 * of each needs longer.
 */
function warmUp(texts: readonly string[], time: number): void {
  timed(bytesOf(texts), (bytes) => check(textOf(bytes)), time);
  timed(texts, (text) => medplum(JSON.parse(text)), shortestRound);
}

/** A resource comes as bytes, to each of them alike. */
const bytesOf = (texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text));
const textOf = (bytes: Buffer): string => bytes.toString('utf8');

/** All checks on; what the text cannot hold is known from it. */
function check(text: string): readonly Issue[] {
  const { value, spelling } = readJson(text);
  return validator.validate(value, { text, spelling });
}

/** The same bytes three ways, and what is parsed already two ways: `validateResource` does not parse. */
function variants(texts: readonly string[], shortest: number): Variant[] {
  const parsed = texts.map((text) => parseJson(text));
  const all = bytesOf(texts);
  const timedOf = (run: (text: string) => unknown) => timed(all, (bytes) => run(textOf(bytes)), shortest);
  return [
    { name: 'JSON.parse', round: () => timedOf(JSON.parse) },
    { name: 'kat-fhir', round: () => timedOf(check) },
    { name: '@medplum/core', round: () => timedOf((text) => medplum(JSON.parse(text))) },
    { name: 'kat-fhir, parsed', round: () => timed(parsed, (one) => validator.validate(one), shortest) },
    { name: '@medplum/core, parsed', round: () => timed(parsed, medplum, shortest) },
  ];
}

/** One line a profile, and the median of the profiles: what design.md's goals are about. */
async function compareProfiles(title: string, profiles: readonly Corpus[]): Promise<void> {
  const lines: string[] = [];
  const byParse: number[] = [];
  const byMedplum: number[] = [];
  const byMedplumParsed: number[] = [];
  const byMedplumProfiled: number[] = [];
  for (const { name, texts } of profiles) {
    const comparison = await takeTurns(name, 'µs', rounds, [...variants(texts, briefRound), profiled(texts)]);
    const parse = ratioOf(comparison, 'kat-fhir', 'JSON.parse').median;
    const faster = ratioOf(comparison, '@medplum/core', 'kat-fhir').median;
    const profiledFaster = ratioOf(comparison, '@medplum/core, with profiles', 'kat-fhir').median;
    byParse.push(parse);
    byMedplum.push(faster);
    byMedplumParsed.push(ratioOf(comparison, '@medplum/core, parsed', 'kat-fhir, parsed').median);
    byMedplumProfiled.push(profiledFaster);
    lines.push(
      `  ${name.padEnd(32)} JSON.parse ${figure(comparison, 'JSON.parse')} µs, kat-fhir ${figure(comparison, 'kat-fhir')} µs: ` +
        `${parse.toFixed(2)} × JSON.parse, ${faster.toFixed(0)} × faster than @medplum/core, ${profiledFaster.toFixed(0)} × with the profile`,
    );
  }
  process.stdout.write(
    `validation: ${distinct} distinct instances of the guide ${title}, a resource\n${lines.join('\n')}\n` +
      `  median of the profiles: ${spreadOf(byParse).median.toFixed(2)} × JSON.parse, ` +
      `${spreadOf(byMedplum).median.toFixed(0)} × faster than @medplum/core that looks at base definitions only, ` +
      `${spreadOf(byMedplumProfiled).median.toFixed(0)} × where it looks at the profiles too, ` +
      `${spreadOf(byMedplumParsed).median.toFixed(0)} × where both are given what is parsed already\n\n`,
  );
}

const figure = ({ figures }: Comparison, name: string): string =>
  spreadOf(figures.get(name)!).median.toFixed(1).padStart(6);

/** Whether time grows as the bundle does. */
async function benchBundles(): Promise<void> {
  timed([bundleOf(1_000)], check, warmUpTime);
  const comparison = await takeTurns(
    'validation: one bundle, an entry',
    'µs',
    rounds,
    bundleSizes.map((size) => {
      const text = bundleOf(size);
      return { name: `${size} entries`, round: () => timed([text], check, shortestRound) / size };
    }),
  );
  const [small, middle, large] = bundleSizes.map((size) => `${size} entries`);
  print(comparison, [
    [middle!, small!],
    [large!, middle!],
  ]);
}

/** Microseconds an input, over as many passes as make a round long enough to trust. */
function timed<Input>(inputs: readonly Input[], run: (input: Input) => unknown, shortest: number): number {
  const start = performance.now();
  let passes = 0;
  let elapsed: number;
  do {
    for (const input of inputs) run(input);
    passes++;
    elapsed = performance.now() - start;
  } while (elapsed < shortest);
  return (elapsed * 1000) / (passes * inputs.length);
}

/** As its server does: by the base definition, then by each profile that the resource claims. */
function profiled(texts: readonly string[]): Variant {
  const all = bytesOf(texts);
  const validateAll = (resource: Resource): void => {
    medplum(resource);
    for (const url of resource.meta?.profile ?? []) medplum(resource, registry.structure(url));
  };
  return {
    name: '@medplum/core, with profiles',
    round: () => timed(all, (bytes) => validateAll(JSON.parse(textOf(bytes))), briefRound),
  };
}

function medplum(resource: unknown, profile?: StructureDefinition): unknown {
  try {
    return validateResource(resource as Resource, profile && { profile });
  } catch (error) {
    // Its way of saying that a resource is wrong.
    return error;
  }
}

function r4Definitions(): StructureDefinition[] {
  const folder = fileURLToPath(new URL('../../node_modules/hl7.fhir.r4.core/', import.meta.url));
  return readdirSync(folder)
    .filter((file) => file.startsWith('StructureDefinition-'))
    .map((file) => JSON.parse(readFileSync(folder + file, 'utf8')) as StructureDefinition)
    .filter(({ derivation, id }) => derivation !== 'constraint' && !id?.startsWith('example'));
}
