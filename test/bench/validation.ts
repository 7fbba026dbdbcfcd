/** From bytes to findings, beside `JSON.parse` of the same bytes and beside @medplum/core, which checks far less. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import type { Resource, StructureDefinition } from '@medplum/fhirtypes';
import { parseJson } from '../../src/fhir/json-source.ts';
import { validator } from '../validator/parts.ts';
import { print, takeTurns } from './compare.ts';
import { corpora } from './corpora.ts';

const rounds = 7;
/** Milliseconds. */
const shortestRound = 200;

export async function benchValidation(): Promise<void> {
  indexStructureDefinitionBundle(r4Definitions());
  for (const { name, texts } of corpora()) {
    const comparison = await takeTurns(`validation: ${name} (${texts.length}), a resource`, 'µs', rounds, [
      { name: 'JSON.parse', round: () => timed(texts, JSON.parse) },
      { name: 'kat-fhir', round: () => timed(texts, (text) => validator.validate(parseJson(text))) },
      { name: '@medplum/core', round: () => timed(texts, medplum) },
    ]);
    print(comparison, [
      ['kat-fhir', 'JSON.parse'],
      ['@medplum/core', 'kat-fhir'],
    ]);
  }
}

/** Microseconds a text, over as many passes as make a round long enough to trust. */
function timed(texts: readonly string[], run: (text: string) => unknown): number {
  const start = performance.now();
  let passes = 0;
  let elapsed: number;
  do {
    for (const text of texts) run(text);
    passes++;
    elapsed = performance.now() - start;
  } while (elapsed < shortestRound);
  return (elapsed * 1000) / (passes * texts.length);
}

function medplum(text: string): unknown {
  try {
    return validateResource(JSON.parse(text) as Resource);
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
