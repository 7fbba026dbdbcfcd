/** HL7's own snapshots, made again from their differentials. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import t from 'tap';
import { generateSnapshot } from '../../src/fhir/snapshot/generate-snapshot.ts';

const folder = join(import.meta.dirname, '..', '..', 'node_modules', 'hl7.fhir.r4.core');

/** Profiles whose published snapshot differs from what their differential says, and why that is right here. */
const explained = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'cases', 'snapshot-differences.json'), 'utf8'),
) as Readonly<Record<string, string>>;

const structures = new Map<string, StructureDefinition>();
for (const file of readdirSync(folder)) {
  if (!file.startsWith('StructureDefinition-') || file.startsWith('StructureDefinition-example')) continue;
  const structure = JSON.parse(readFileSync(join(folder, file), 'utf8')) as StructureDefinition;
  structures.set(structure.url ?? '', structure);
}

const resolve = (canonical: string) => structures.get(canonical.split('|')[0] ?? '');

/**
 * All that a snapshot says of an element, texts and mappings included, whatever the order of its members. HL7 names the
 * source of some inherited constraints only; here every one has it.
 */
const said = (element: ElementDefinition): string => JSON.stringify(ordered(element));

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const isConstraint = 'severity' in value;
  const members = Object.entries(value).filter(([name]) => !(isConstraint && name === 'source'));
  return Object.fromEntries(
    members.map(([name, member]) => [name, ordered(member)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

t.test('the snapshots of the profiles of R4 follow from their differentials', async (t) => {
  let total = 0;
  let equal = 0;
  const differing = new Set<string>();
  for (const profile of structures.values()) {
    if (profile.derivation !== 'constraint') continue;
    const { snapshot, ...bare } = profile;
    const made = generateSnapshot(bare as StructureDefinition, resolve).snapshot?.element ?? [];
    const mine = new Map(made.map((element) => [element.id, said(element)]));
    for (const element of snapshot?.element ?? []) {
      total++;
      if (mine.get(element.id) === said(element)) equal++;
      else differing.add(profile.id ?? '');
      mine.delete(element.id);
    }
    total += mine.size;
    if (mine.size > 0) differing.add(profile.id ?? '');
  }
  t.comment(`${equal} of ${total} elements equal: ${((100 * equal) / total).toFixed(2)} %`);
  t.ok(total > 5000, 'all profiles are compared');
  t.ok(equal / total >= 0.99, 'nearly every element is equal');
  t.same(
    [...differing].sort(),
    Object.keys(explained).sort(),
    'every difference is explained, and there is no other',
  );
});
