/** Observation/$lastn over HTTP. The groups are the table in the definition of the operation. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer({ environment: { VALIDATION: 'base' } });
t.teardown(() => server.close());

type Code = { coding?: { system?: string; code?: string }[]; text?: string };

/** `a` and `b` are codes of one system, words with a space before them are text. */
function codeOf(names: string): Code {
  if (names.startsWith(' ')) return { text: names.slice(1) };
  return { coding: names.split(',').map((code) => ({ system: 'http://example.org/codes', code })) };
}

let patients = 0;

/** Stores observations of a new patient; `[id, code, time]`. @returns the patient's reference */
async function observations(
  rows: readonly (readonly [id: string, codes: string, time?: unknown])[],
): Promise<string> {
  const id = `p${++patients}`;
  await server.send('PUT', `/Patient/${id}`, { body: { resourceType: 'Patient', id } });
  for (const [name, codes, time] of rows) {
    const effective = typeof time === 'string' ? { effectiveDateTime: time } : (time as object | undefined);
    const answer = await server.send('PUT', `/Observation/${id}-${name}`, {
      body: {
        resourceType: 'Observation',
        id: `${id}-${name}`,
        status: 'final',
        category: [{ coding: [{ code: name.startsWith('x') ? 'exam' : 'survey' }] }],
        code: codeOf(codes),
        subject: { reference: `Patient/${id}` },
        ...effective,
      },
    });
    if (answer.status !== 201) throw new Error(`${name}: ${answer.status}`);
  }
  return `Patient/${id}`;
}

/** Names of the observations found, in order. */
async function lastn(query: string): Promise<string[]> {
  const { status, body } = await server.send('GET', `/Observation/$lastn?${query}`);
  t.equal(status, 200, query);
  t.equal(body.total, body.entry?.length ?? 0);
  return (body.entry ?? []).map(({ resource }: { resource: { id: string } }) =>
    resource.id.replace(/^p\d+-/, ''),
  );
}

t.test('the newest of each code, newest first', async (t) => {
  const patient = await observations([
    ['a1', 'a', '2026-01-01'],
    ['a3', 'a', '2026-03-01'],
    ['b2', 'b', '2026-02-01'],
    ['a2', 'a', '2026-02-15'],
  ]);
  t.same(await lastn(`patient=${patient}`), ['a3', 'b2']);
  t.same(await lastn(`patient=${patient}&max=2`), ['a3', 'a2', 'b2']);
  t.same(await lastn(`max=9&subject=${patient}`), ['a3', 'a2', 'a1', 'b2']);
});

t.test('codes of one observation are the same code, and so is what shares one with it', async (t) => {
  const groups: [codes: string[], groups: number][] = [
    [['a', 'b', 'c'], 3],
    [['a', 'b', 'a,c'], 2],
    [['a', 'b', 'a,b'], 1],
    [['a,b', 'c,d', 'b,c'], 1],
    [[' textM', ' Text', ' t e x t'], 3],
    [[' text', ' text', 'text'], 2],
  ];
  for (const [codes, expected] of groups) {
    const patient = await observations(codes.map((code, n) => [`o${n}`, code, `2026-01-0${n + 1}`]));
    t.equal((await lastn(`patient=${patient}`)).length, expected, codes.join(' | '));
  }
});

t.test('those that are as recent as the last come as well', async (t) => {
  const patient = await observations([
    ['one', 'a', '2026-01-03'],
    ['two', 'a', '2026-01-02T00:00:00Z'],
    ['three', 'a', '2026-01-02T01:00:00+01:00'],
    ['four', 'a', '2026-01-01'],
  ]);
  t.same(await lastn(`patient=${patient}`), ['one']);
  t.same((await lastn(`patient=${patient}&max=2`)).sort(), ['one', 'three', 'two']);
  t.same((await lastn(`patient=${patient}&max=3`)).sort(), ['one', 'three', 'two']);
});

t.test('a period is as recent as its end, and no time is older than any', async (t) => {
  const patient = await observations([
    ['untimed', 'a'],
    ['day', 'a', '2026-02-01'],
    ['period', 'a', { effectivePeriod: { start: '2026-01-01', end: '2026-03-01' } }],
    ['instant', 'a', { effectiveInstant: '2026-02-15T00:00:00Z' }],
    ['untimed-too', 'a'],
  ]);
  t.same(await lastn(`patient=${patient}&max=3`), ['period', 'instant', 'day']);
  t.equal((await lastn(`patient=${patient}&max=4`)).length, 4);
});

t.test('any search parameter narrows what is grouped', async (t) => {
  const patient = await observations([
    ['old', 'a', '2026-01-01'],
    ['new', 'a', '2026-02-01'],
    ['x', 'b', '2026-03-01'],
  ]);
  t.same(await lastn(`patient=${patient}&category=exam`), ['x']);
  t.same(await lastn(`patient=${patient}&code=http://example.org/codes|a`), ['new']);
  t.same(await lastn(`patient=${patient}&date=lt2026-02-01`), ['old']);
  t.same(await lastn(`patient=${patient}&code=nothing`), []);
  const { body } = await server.send(
    'GET',
    `/Observation/$lastn?patient=${patient}&code=http://example.org/codes|a&_include=Observation:subject&_elements=status`,
  );
  t.same(
    body.entry.map(
      ({ resource, search }: { resource: { resourceType: string }; search: { mode: string } }) => [
        resource.resourceType,
        search.mode,
      ],
    ),
    [
      ['Observation', 'match'],
      ['Patient', 'include'],
    ],
  );
  t.notOk(body.entry[0].resource.effectiveDateTime, 'not among the elements asked for');
});

t.test('each patient has groups of their own', async (t) => {
  const one = await observations([['o', 'z', '2026-01-01']]);
  const two = await observations([['o', 'z', '2026-02-01']]);
  t.equal((await lastn(`subject=${one},${two}`)).length, 2);
});

t.test('the same is asked by POST', async (t) => {
  const patient = await observations([
    ['a1', 'a', '2026-01-01'],
    ['a2', 'a', '2026-01-02'],
    ['a3', 'a', '2026-01-03'],
  ]);
  const { status, body } = await server.send('POST', '/Observation/$lastn', {
    body: {
      resourceType: 'Parameters',
      parameter: [
        { name: 'max', valuePositiveInt: 2 },
        { name: 'patient', valueString: patient },
      ],
    },
  });
  t.same([status, body.total], [200, 2]);
  t.equal(body.link[0].url, `${server.url}/Observation/$lastn?max=2&patient=${encodeURIComponent(patient)}`);
});

t.test('what cannot be asked is refused', async (t) => {
  for (const [query, key] of [
    ['max=0', 'format'],
    ['max=few', 'json-type'],
    ['max=1&max=2', 'invalid-parameter'],
    ['nonsense=1', 'unknown-parameter'],
    ['_sort=date', 'unknown-parameter'],
    ['date=yesterday', 'invalid-parameter'],
  ] as const) {
    const { status, body } = await server.send('GET', `/Observation/$lastn?${query}`);
    t.same([status, keysOf(body)[0]], [400, key], query);
  }
  const lenient = await server.send('GET', '/Observation/$lastn?patient=Patient/p1&_sort=date', {
    headers: { prefer: 'handling=lenient' },
  });
  t.same([lenient.status, lenient.body.entry.at(-1).search.mode], [200, 'outcome']);
  t.equal((await server.send('GET', '/Patient/$lastn')).status, 404);
});
