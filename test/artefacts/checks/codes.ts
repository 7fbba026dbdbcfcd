/** Every code is known, also one that an expression asks for: local, of a code system HL7 ships, or verified. */
import { readFileSync } from 'node:fs';
import { createTerminology } from '../../../src/terminology/create-terminology.ts';
import { eachObject } from '../../support/guide-files.ts';
import { registry } from '../../validator/parts.ts';
import { everyFile, type GuideOnDisk } from '../guide-on-disk.ts';

interface CodesBySystem {
  readonly [system: string]: { readonly source: string; readonly codes: readonly string[] };
}

interface VerifiedCodes {
  readonly systems: CodesBySystem;
  /** What expressions may look for in the records of others, though no file may carry it. */
  readonly onlyRecognised: { readonly systems: CodesBySystem };
}

/** Units have a grammar, not a list; the validator knows it. */
const units = 'http://unitsofmeasure.org';

/** `system = 'S' and code = 'A'`, or `(code = 'A' or code = 'B')`, as the expressions of the guide ask for a code. */
const asked = /system = '([^']+)' and \(?(code = '[^']+'(?: or code = '[^']+')*)/g;

export function codes(guide: GuideOnDisk): string[] {
  const { systems, onlyRecognised } = JSON.parse(
    readFileSync(new URL('../../cases/verified-codes.json', import.meta.url), 'utf8'),
  ) as VerifiedCodes;
  const verified = new Map(Object.entries(systems).map(([system, { codes }]) => [system, new Set(codes)]));
  const terminology = createTerminology(registry);
  const knows = (system: string, code: string): boolean =>
    verified.get(system)?.has(code) ?? terminology.lookup(system, code)?.found ?? false;
  const recognises = (system: string, code: string): boolean =>
    onlyRecognised.systems[system]?.codes.includes(code) || knows(system, code);
  return everyFile(guide).flatMap(({ path, resource, text }) => {
    const unknown = new Set<string>();
    eachObject(resource, ({ system, code, concept }) => {
      if (typeof system !== 'string' || system === units) return;
      const listed = Array.isArray(concept) ? concept.map((one) => one.code) : [code];
      for (const one of listed) {
        if (typeof one === 'string' && !knows(system, one)) unknown.add(`${system}|${one}`);
      }
    });
    for (const [, system = '', alternatives = ''] of text.matchAll(asked)) {
      for (const [, code = ''] of alternatives.matchAll(/'([^']+)'/g))
        if (system !== units && !recognises(system, code)) unknown.add(`${system}|${code}`);
    }
    return [...unknown].map((code) => `${path}: ${code} is not known`);
  });
}
