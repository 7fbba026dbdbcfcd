/** HL7's own expansions, against what the definitions of the value sets say. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValueSet, ValueSetExpansionContains } from '@medplum/fhirtypes';
import t from 'tap';
import { createTerminology } from '../../src/terminology/create-terminology.ts';
import { registry } from '../support/registry.ts';

const folder = join(import.meta.dirname, '..', '..', 'node_modules', 'hl7.fhir.r4.expansions');

function* codesOf(contains: readonly ValueSetExpansionContains[] = []): Generator<ValueSetExpansionContains> {
  for (const entry of contains) {
    if (entry.code !== undefined && !entry.abstract) yield entry;
    yield* codesOf(entry.contains);
  }
}

t.test('no code that HL7 lists is denied, with and without its expansions', async (t) => {
  const all = registry();
  const whole = createTerminology(all);
  const computed = createTerminology({ ...all, expansion: () => undefined });
  let members = 0;
  let known = 0;
  for (const file of readdirSync(folder)) {
    if (!file.startsWith('ValueSet-') || file.startsWith('ValueSet-example')) continue;
    const { url = '', expansion } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as ValueSet;
    const denied: string[] = [];
    for (const { system = '', code = '' } of codesOf(expansion?.contains)) {
      members++;
      const answer = computed.contains(url, { system, code });
      if (answer === 'member') known++;
      // Two value sets write a version into the system, in the definition and in the expansion.
      const bare = system.split('|')[0] ?? '';
      if (answer === 'not-member' && computed.contains(url, { system: bare, code }) === 'not-member')
        denied.push(code);
      if (bare === system && whole.contains(url, { system, code }) !== 'member') denied.push(code);
    }
    t.same(denied, [], url);
  }
  t.ok(members > 50_000, 'all expansions are compared');
  t.ok(known > 9_000, 'thousands of codes are found from the definitions alone');
});
