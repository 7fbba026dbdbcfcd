/** $trajectory of the stories in examples/, against tables that were computed by hand from the scores alone. */
import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { startServer } from '../support/server.ts';

interface Part {
  readonly name: string;
  readonly part?: readonly Part[];
  readonly [value: `value${string}`]: ReturnType<typeof JSON.parse>;
}

interface Expected {
  readonly date: string;
  readonly days: number;
  readonly total: number;
  readonly change?: number;
  readonly response?: boolean;
  readonly remission?: boolean;
  readonly important?: boolean;
}

const stories = new URL('../../examples/', import.meta.url);
const tables = new URL('../cases/trajectories/', import.meta.url);

const server = await startServer({ guide: 'shipped', environment: { PROTOCOL_MODE: 'off' } });
t.teardown(() => server.close());

async function patientOf(story: string): Promise<string> {
  const body = readFileSync(new URL(`${story}/bundle.json`, stories), 'utf8');
  const stored = await server.send('POST', '', { body });
  if (stored.status !== 200) throw new Error(`${story}: ${stored.status}`);
  const place = stored.body.entry
    .map((entry: { response: { location?: string } }) => entry.response.location ?? '')
    .find((location: string) => location.includes('Patient/'));
  return /Patient\/[^/]+/.exec(place)![0];
}

const one = (parts: readonly Part[], name: string) => parts.find((part) => part.name === name);

function row(score: Part): Expected {
  const parts = score.part!;
  const change = one(parts, 'change')?.valueQuantity.value;
  const response = one(parts, 'response')?.valueBoolean;
  const remission = one(parts, 'remission')?.valueBoolean;
  const important = one(parts, 'importantChange')?.valueBoolean;
  return {
    date: one(parts, 'effective')!.valueDateTime.slice(0, 10),
    days: one(parts, 'day')!.valueInteger,
    total: one(parts, 'value')!.valueQuantity.value,
    ...(change === undefined ? {} : { change }),
    ...(response === undefined ? {} : { response }),
    ...(remission === undefined ? {} : { remission }),
    ...(important === undefined ? {} : { important }),
  };
}

const six = await patientOf('trd-iv-six');

t.test('six sessions bring remission, and a response after eleven days', async (t) => {
  const { status, body } = await server.send('GET', `/${six}/$trajectory?code=44261-6`);
  t.equal(status, 200);
  t.equal(body.parameter.length, 1);
  const parts: readonly Part[] = body.parameter[0].part;
  t.equal(one(parts, 'baseline')?.valueQuantity.value, 21);
  t.equal(one(parts, 'latest')?.valueQuantity.value, 4);
  t.equal(one(parts, 'change')?.valueQuantity.value, -17);
  // 17 / 21
  t.equal(one(parts, 'changePercent')?.valueDecimal, -81);
  t.equal(one(parts, 'response')?.valueBoolean, true);
  t.equal(one(parts, 'remission')?.valueBoolean, true);
  t.equal(one(parts, 'importantChange')?.valueBoolean, true);
  t.equal(one(parts, 'importantDifference')?.valueQuantity.value, 3.7);
  t.equal(one(parts, 'daysToResponse')?.valueInteger, 11);
  t.strictSame(
    parts.filter(({ name }) => name === 'score').map((score) => Object.values(row(score))),
    [
      ['2026-05-28', -4, 21],
      ['2026-06-02', 1, 16, -5, false, false, true],
      ['2026-06-05', 4, 17, -4, false, false, true],
      ['2026-06-10', 9, 12, -9, false, false, true],
      ['2026-06-12', 11, 9, -12, true, false, true],
      ['2026-06-16', 15, 7, -14, true, false, true],
      ['2026-06-19', 18, 4, -17, true, true, true],
    ],
  );
});

t.test('a period limits the scores told, not the baseline', async (t) => {
  const path = `/${six}/$trajectory?code=http://loinc.org|44261-6&start=2026-06-05&end=2026-06-10`;
  const parts: readonly Part[] = (await server.send('GET', path)).body.parameter[0].part;
  t.equal(one(parts, 'baseline')?.valueQuantity.value, 21);
  t.strictSame(
    parts.filter(({ name }) => name === 'score').map((score) => row(score).date),
    ['2026-06-05', '2026-06-10'],
  );
  t.equal(one(parts, 'daysToResponse'), undefined);
});

t.test('the plan of another patient is refused', async (t) => {
  t.equal((await server.send('GET', `/${six}/$trajectory?course=CarePlan/unknown`)).status, 400);
});

for (const file of readdirSync(tables)) {
  const story = file.replace('.json', '');
  t.test(`${story} equals its table`, async (t) => {
    const table = JSON.parse(readFileSync(new URL(file, tables), 'utf8'));
    const patient = story === 'trd-iv-six' ? six : await patientOf(story);
    const { body } = await server.send('GET', `/${patient}/$trajectory?code=${table.code}`);
    const parts: readonly Part[] = body.parameter[0].part;
    t.equal(one(parts, 'baseline')?.valueQuantity.value, table.baseline);
    t.strictSame(parts.filter(({ name }) => name === 'score').map(row), table.scores);
  });
}
