/** Pages hold every resource that does not change meanwhile exactly once, whatever another client writes between them. */
import t from 'tap';
import { type RunningServer, startServer } from '../support/server.ts';

const still = 60;
const restless = 30;
const pageSize = 7;

function observation(id: string, n: number): object {
  const day = String(1 + ((n * 7) % 28)).padStart(2, '0');
  return {
    resourceType: 'Observation',
    id,
    status: n % 3 === 0 ? 'amended' : 'final',
    code: { coding: [{ system: 'urn:c', code: ['a', 'b', 'c'][n % 3] }] },
    // Some without: missing values come last.
    ...(n % 5 === 0 ? {} : { effectiveDateTime: `2026-0${1 + (n % 9)}-${day}` }),
    ...(n % 4 === 0 ? {} : { valueQuantity: { value: n % 11, unit: n % 2 ? 'mg' : 'g' } }),
    subject: { reference: `Patient/p${n % 4}` },
  };
}

async function put(server: RunningServer, id: string, n: number): Promise<void> {
  const { status } = await server.send('PUT', `/Observation/${id}`, { body: observation(id, n) });
  if (status >= 300) throw new Error(`a write was answered with ${status}`);
}

/** Writes without a pause, as fast as it is answered, until told to stop; resolves to the number of writes. */
function writeOnAndOn(server: RunningServer): { stop(): Promise<number> } {
  let going = true;
  const done = (async () => {
    let writes = 0;
    for (let n = 0; going; n++, writes++) {
      const id = `restless-${n % restless}`;
      if (n % 5 === 4) await server.send('DELETE', `/Observation/${id}`);
      else await put(server, id, n * 31);
    }
    return writes;
  })();
  return {
    stop() {
      going = false;
      return done;
    },
  };
}

interface Entry {
  readonly resource: { readonly id: string };
}

async function idsOfAllPages(server: RunningServer, query: string): Promise<string[]> {
  const ids: string[] = [];
  let url: string | undefined = `/Observation?${query}`;
  while (url !== undefined) {
    const { status, body }: Awaited<ReturnType<RunningServer['send']>> = await server.send('GET', url);
    if (status !== 200) throw new Error(`a page was answered with ${status}`);
    ids.push(...(body.entry ?? []).map(({ resource }: Entry) => resource.id));
    url = body.link.find(({ relation }: { relation: string }) => relation === 'next')?.url;
  }
  return ids;
}

const sorts = [
  ...['', '_id', '-_id', '_lastUpdated', '-_lastUpdated', 'date', '-date', 'status,-date', '-code,date'],
  ...['value-quantity', '-value-quantity,_id', 'patient', '-combo-value-quantity', 'combo-code'],
];

for (const cache of ['on', 'off'] as const) {
  t.test(`with the cache ${cache}`, async (t) => {
    const server = await startServer({ environment: { VALIDATION: 'base' }, cache });
    t.teardown(() => server.close());
    const expected = Array.from({ length: still }, (_, n) => `still-${n}`);
    for (const [n, id] of expected.entries()) await put(server, id, n);
    const writer = writeOnAndOn(server);
    for (const sort of sorts) {
      const order = sort === '' ? '' : `&_sort=${sort}`;
      for (const condition of ['', '&code=urn:c|a,urn:c|b,urn:c|c', '&code=urn:c|b']) {
        const ids = await idsOfAllPages(server, `_count=${pageSize}${order}${condition}`);
        const wanted = condition === '&code=urn:c|b' ? expected.filter((_, n) => n % 3 === 1) : expected;
        t.same(
          ids.filter((id) => id.startsWith('still-')).sort(),
          [...wanted].sort(),
          `${order}${condition}`,
        );
      }
    }
    const writes = await writer.stop();
    t.ok(writes > sorts.length, `${writes} writes meanwhile`);
  });
}
