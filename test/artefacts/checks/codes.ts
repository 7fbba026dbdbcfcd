/** Every code is known: local, of a code system HL7 ships, or looked up and listed as verified. */
import { readFileSync } from 'node:fs';
import { createTerminology } from '../../../src/terminology/create-terminology.ts';
import { eachObject } from '../../support/guide-files.ts';
import { registry } from '../../validator/parts.ts';
import { everyFile, type GuideOnDisk } from '../guide-on-disk.ts';

interface VerifiedCodes {
  readonly systems: Readonly<Record<string, { readonly source: string; readonly codes: readonly string[] }>>;
}

/** Units have a grammar, not a list; the validator knows it. */
const units = 'http://unitsofmeasure.org';

export function codes(guide: GuideOnDisk): string[] {
  const { systems } = JSON.parse(
    readFileSync(new URL('../../cases/verified-codes.json', import.meta.url), 'utf8'),
  ) as VerifiedCodes;
  const verified = new Map(Object.entries(systems).map(([system, { codes }]) => [system, new Set(codes)]));
  const terminology = createTerminology(registry);
  const knows = (system: string, code: string): boolean =>
    verified.get(system)?.has(code) ?? terminology.lookup(system, code)?.found ?? false;
  return everyFile(guide).flatMap(({ path, resource }) => {
    const unknown = new Set<string>();
    eachObject(resource, ({ system, code, concept }) => {
      if (typeof system !== 'string' || system === units) return;
      const listed = Array.isArray(concept) ? concept.map((one) => one.code) : [code];
      for (const one of listed) {
        if (typeof one === 'string' && !knows(system, one)) unknown.add(`${system}|${one}`);
      }
    });
    return [...unknown].map((code) => `${path}: ${code} is not known`);
  });
}
