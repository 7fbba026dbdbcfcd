/** Every code in the guide and its examples is known: local, of a code system HL7 ships, or looked up and listed. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { createTerminology } from '../../src/terminology/create-terminology.ts';
import { eachObject, jsonFiles } from '../support/guide-files.ts';
import { registry } from '../validator/parts.ts';

interface VerifiedCodes {
  systems: Record<string, { source: string; codes: string[] }>;
}

const units = 'http://unitsofmeasure.org';
const { systems } = JSON.parse(
  readFileSync(new URL('../cases/verified-codes.json', import.meta.url), 'utf8'),
) as VerifiedCodes;
const verified = new Map(Object.entries(systems).map(([system, { codes }]) => [system, new Set(codes)]));
const terminology = createTerminology(registry);

function knows(system: string, code: string): boolean {
  return verified.get(system)?.has(code) ?? terminology.lookup(system, code)?.found ?? false;
}

for (const { path, resource } of jsonFiles(
  'profiles',
  'terminology',
  'examples',
  'test/cases/invariants',
  'test/cases/profiles',
)) {
  t.test(`${path} uses known codes only`, async (t) => {
    const unknown = new Set<string>();
    eachObject(resource, ({ system, code, concept }) => {
      if (typeof system !== 'string' || system === units) return;
      const codes = Array.isArray(concept) ? concept.map((listed) => listed.code) : [code];
      for (const one of codes) {
        if (typeof one === 'string' && !knows(system, one)) unknown.add(`${system}|${one}`);
      }
    });
    t.same([...unknown], []);
  });
}
