/** Searches over the wire: parameters, order, includes, totals, paging and what the cache makes of them. */
import t from 'tap';
import { keysOf, type RunningServer, startServer } from '../support/server.ts';

interface Link {
  readonly relation: string;
  readonly url: string;
}

interface Entry {
  readonly fullUrl: string;
  readonly resource: { readonly resourceType: string; readonly id: string };
  readonly search: { readonly mode: string };
}

function ids(bundle: { readonly entry?: readonly Entry[] }, mode = 'match'): string[] {
  return (bundle.entry ?? []).filter((entry) => entry.search.mode === mode).map((entry) => entry.resource.id);
}

function next(bundle: { readonly link: readonly Link[] }): string | undefined {
  return bundle.link.find(({ relation }) => relation === 'next')?.url;
}

const phq9 = 'http://loinc.org|44261-6';

function observation(id: string, patient: string, date: string, value: number, code = '44261-6') {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: date,
    valueInteger: value,
  };
}

async function put(server: RunningServer, resource: { resourceType: string; id: string }): Promise<void> {
  const answer = await server.send('PUT', `/${resource.resourceType}/${resource.id}`, { body: resource });
  if (answer.status > 201) throw new Error(answer.text);
}

for (const cache of ['on', 'off'] as const) {
  t.test(`with the cache ${cache}`, async (t) => {
    const server = await startServer({ cache });
    t.teardown(() => server.close());
    const { url, send } = server;
    for (const id of ['ada', 'ben']) {
      await put(server, { resourceType: 'Patient', id, name: [{ family: id }] } as never);
    }
    await put(server, observation('a1', 'ada', '2026-01-05', 21));
    await put(server, observation('a2', 'ada', '2026-02-05', 14));
    await put(server, observation('a3', 'ada', '2026-03-05', 6));
    await put(server, observation('b1', 'ben', '2026-01-20', 18));
    await put(server, observation('a4', 'ada', '2026-01-06', 120, '8480-6'));

    t.test('patient and code find, and dates order', async (t) => {
      const { body } = await send('GET', `/Observation?patient=ada&code=${phq9}&_sort=-date`);
      t.same([body.resourceType, body.type], ['Bundle', 'searchset']);
      t.same(ids(body), ['a3', 'a2', 'a1']);
      t.equal(body.entry[0].fullUrl, `${url}/Observation/a3`);
      const byFullReference = await send('GET', `/Observation?patient=Patient/ada&code=${phq9}&_sort=date`);
      t.same(ids(byFullReference.body), ['a1', 'a2', 'a3']);
    });

    t.test('POST finds what GET finds', async (t) => {
      const form = new URLSearchParams({ patient: 'ada', code: phq9, _sort: '-date' });
      const { status, body } = await send('POST', '/Observation/_search', {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      });
      t.equal(status, 200);
      t.same(ids(body), ['a3', 'a2', 'a1']);
    });

    t.test('repeated parameters narrow, comma-separated values widen', async (t) => {
      const range = await send('GET', '/Observation?date=ge2026-01-06&date=lt2026-03-01&_sort=date');
      t.same(ids(range.body), ['a4', 'b1', 'a2']);
      const either = await send('GET', '/Observation?patient=ben,nobody');
      t.same(ids(either.body), ['b1']);
    });

    t.test('includes bring what is referred to and what refers', async (t) => {
      const include = await send('GET', '/Observation?_id=a1,b1&_include=Observation:patient');
      t.same(ids(include.body).sort(), ['a1', 'b1']);
      t.same(ids(include.body, 'include').sort(), ['ada', 'ben']);
      const reverse = await send('GET', '/Patient?_id=ben&_revinclude=Observation:subject');
      t.same(ids(reverse.body, 'include'), ['b1']);
      const whatever = await send('GET', '/Patient?_id=ben&_revinclude=*');
      t.same(ids(whatever.body, 'include'), ['b1']);
    });

    t.test('totals are counted when asked for', async (t) => {
      const count = (await send('GET', '/Observation?patient=ada&_summary=count')).body;
      t.equal(count.total, 4);
      t.notOk(count.entry);
      const accurate = (await send('GET', '/Observation?patient=ada&_count=1&_total=accurate')).body;
      t.equal(accurate.total, 4);
      t.equal(accurate.entry.length, 1);
    });

    t.test('pages bring every match once, in order, whatever is written meanwhile', async (t) => {
      const expected = ['a1', 'a4', 'b1', 'a2', 'a3'];
      const seen: string[] = [];
      let page = (await send('GET', '/Observation?_sort=date&_count=2')).body;
      for (let guard = 0; guard < 10; guard++) {
        seen.push(...ids(page));
        const link = next(page);
        if (!link) break;
        t.ok(link.startsWith(`${url}/Observation?`), 'the link is absolute');
        await put(server, observation(`early-${cache}-${guard}`, 'zoe', '2020-01-01', 1));
        page = (await send('GET', link)).body;
      }
      t.same(seen, expected);
      for (let guard = 0; guard < 10; guard++) {
        await send('DELETE', `/Observation/early-${cache}-${guard}`);
      }
    });

    t.test('the self link says what was applied', async (t) => {
      const { body } = await send('GET', '/Observation?patient=ada&nonsense=1', {
        headers: { prefer: 'handling=lenient' },
      });
      const self = body.link.find(({ relation }: Link) => relation === 'self').url;
      t.equal(self, `${url}/Observation?patient=ada`);
      t.equal(body.entry.at(-1).search.mode, 'outcome');
      t.equal(body.entry.at(-1).resource.resourceType, 'OperationOutcome');
      t.equal(ids(body).length, 4);
    });

    t.test('an unknown parameter is refused with those there are', async (t) => {
      const answer = await send('GET', '/Observation?nonsense=1');
      t.equal(answer.status, 400);
      t.same(keysOf(answer.body), ['unknown-parameter']);
      t.match(answer.text, /value-quantity/);
    });

    t.test('a search sees what was written before it, and says where the answer is from', async (t) => {
      const path = `/Observation?patient=ben&code=${phq9}&_sort=-date`;
      const sequence = [await send('GET', path), await send('GET', path)];
      await put(server, observation('b2', 'ben', '2026-04-01', 3));
      sequence.push(await send('GET', path));
      await put(server, observation('b2', 'ada', '2026-04-01', 3));
      sequence.push(await send('GET', path));
      await send('DELETE', '/Observation/b1');
      sequence.push(await send('GET', path));
      t.same(
        sequence.map(({ body }) => ids(body)),
        [['b1'], ['b1'], ['b2', 'b1'], ['b1'], []],
      );
      t.same(
        sequence.map(({ headers }) => headers.get('x-cache')),
        cache === 'on' ? ['miss', 'hit', 'miss', 'miss', 'miss'] : Array(5).fill('miss'),
      );
      await put(server, observation('b1', 'ben', '2026-01-20', 18));
      await send('DELETE', '/Observation/b2');
    });

    t.test('a write about one patient leaves the answers about another as they are', async (t) => {
      const path = '/Observation?patient=ada';
      const before = await send('GET', path);
      await put(server, observation('b1', 'ben', '2026-01-21', 18));
      const after = await send('GET', path);
      t.equal(after.text, before.text);
      t.equal(after.headers.get('x-cache'), cache === 'on' ? 'hit' : 'miss');
    });
  });
}
