import { readFileSync } from 'node:fs';
import t from 'tap';
import { examplesSuite } from '../conformance/examples.ts';
import { validator } from './parts.ts';

interface RejectedRow {
  readonly file: string;
  readonly expression: string;
  readonly key: string;
  /** Why the rejection is right. */
  readonly reason: string;
}

const rejected = JSON.parse(
  readFileSync(new URL('../cases/validator/rejected-examples.json', import.meta.url), 'utf8'),
) as RejectedRow[];

t.setTimeout(300_000);

t.test('of the 720 instances of HL7 at most 12 are refused, each for a fault that is listed', async (t) => {
  const { totals, failures } = examplesSuite(validator, 'node_modules/hl7.fhir.r4.core');
  t.equal(totals.cases, 720);
  t.ok(totals.rejected <= 12, `${totals.rejected} refused`);
  t.same(failures.map(({ file }) => file).sort(), rejected.map(({ file }) => file).sort());
  for (const row of rejected) {
    const errors = failures.find(({ file }) => file === row.file)?.errors ?? [];
    t.ok(
      errors.some(({ key, expression }) => key === row.key && expression === row.expression),
      `${row.file}: ${row.key} at ${row.expression}`,
    );
    t.ok(row.reason.length > 10);
  }
});
