/** A store that was indexed otherwise than this program indexes is indexed again before it is searched. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openSqliteStore } from '../../src/storage/sqlite/open-sqlite-store.ts';
import { startServer } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'kat-upkeep-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const environment = { DATA_DIR: folder };

const observation = {
  resourceType: 'Observation',
  id: 'o',
  status: 'final',
  code: { coding: [{ system: 'urn:c', code: 'a' }], text: 'Mood' },
  effectiveDateTime: '2026-01-01',
  valueQuantity: { value: 5, system: 'http://unitsofmeasure.org', code: 'mg' },
};
const searches = [
  'code=urn:c|a',
  'code=urn:c|a&_sort=-date',
  'date=2026',
  'code:text=mood',
  'value-quantity=0.005|http://unitsofmeasure.org|g',
  '_content=mood',
];

/** Takes everything out of the index, as if a program had filled the store that knew of none of this. */
async function emptyIndex(noteToo: boolean): Promise<void> {
  const store = await openSqliteStore({ path: join(folder, 'kat-fhir.sqlite') });
  const nothing = { terms: [], dates: [], numbers: [], quantities: [], strings: [], patients: [] };
  await store.transact(async (transaction) => {
    await transaction.reindex({ type: 'Observation', limit: 10 }, () => nothing);
    if (noteToo) await transaction.setNote('index-format', 'of another program');
  });
  await store.close();
}

async function totals(): Promise<number[]> {
  const server = await startServer({ environment });
  const found: number[] = [];
  for (const query of searches) {
    const { body } = await server.send('GET', `/Observation?${query}&_total=accurate`);
    found.push(body.total);
  }
  await server.close();
  return found;
}

t.test('after a change of format everything is found again', async (t) => {
  const server = await startServer({ environment });
  await server.send('PUT', '/Observation/o', { body: observation });
  await server.close();
  const all = searches.map(() => 1);
  t.same(await totals(), all);
  await emptyIndex(false);
  t.same(
    await totals(),
    searches.map(() => 0),
    'while the format is the same, nothing is looked at',
  );
  await emptyIndex(true);
  t.same(await totals(), all);
});
