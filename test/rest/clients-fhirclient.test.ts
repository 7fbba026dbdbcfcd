/** fhirclient, SMART's own library for JavaScript, run against the server as it is. https://docs.smarthealthit.org */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import t from 'tap';
import { startServer } from '../support/server.ts';

interface Resource {
  readonly resourceType: string;
  readonly id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: resources of several types are looked into
  readonly [element: string]: any;
}

/** What is used of the library, whose own types expect a browser. */
interface Client {
  request<T = Resource>(
    request: string | { readonly url: string; readonly headers?: Readonly<Record<string, string>> },
    options?: Readonly<Record<string, unknown>>,
  ): Promise<T>;
  create<T = Resource>(resource: Resource): Promise<T>;
  update<T = Resource>(resource: Resource): Promise<T>;
  patch<T = Resource>(url: string, patch: readonly object[]): Promise<T>;
  delete(url: string): Promise<unknown>;
  getFhirVersion(): Promise<string>;
  getFhirRelease(): Promise<number>;
}
type Smart = (request: IncomingMessage, response: ServerResponse) => { client(serverUrl: string): Client };

const smart = createRequire(import.meta.url)('fhirclient') as Smart;

const server = await startServer();
t.teardown(() => server.close());
// Of the request that a web application answers, the library only looks at the address.
const request = { url: '/', headers: { host: 'app.example' }, socket: {} } as unknown as IncomingMessage;
const client = smart(request, {} as ServerResponse).client(server.url);

t.test('it finds out what it speaks to', async (t) => {
  t.equal(await client.getFhirVersion(), '4.0.1');
  t.equal(await client.getFhirRelease(), 4);
});

t.test('it creates, reads, updates, patches and deletes', async (t) => {
  const created = await client.create({ resourceType: 'Patient', gender: 'female' });
  const url = `Patient/${created.id}`;
  t.same(await client.request(url), created);
  const updated = await client.update({ ...created, active: true });
  t.match(updated, { active: true, meta: { versionId: '2' } });
  const patched = await client.patch(url, [{ op: 'replace', path: '/active', value: false }]);
  t.match(patched, { active: false, meta: { versionId: '3' } });
  await client.delete(url);
  await t.rejects(client.request(url), 'it is gone');
});

t.test('it follows pages and references', async (t) => {
  const patient = await client.create({ resourceType: 'Patient', gender: 'male' });
  for (const day of ['01', '02', '03', '04', '05']) {
    await client.create({
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
      subject: { reference: `Patient/${patient.id}` },
      effectiveDateTime: `2026-06-${day}`,
      valueInteger: Number(day),
    });
  }
  const query = `Observation?patient=${patient.id}&code=http://loinc.org|44261-6&_sort=-date&_count=2`;
  const all = await client.request<Resource[]>(query, { pageLimit: 0, flat: true });
  t.same(
    all.map(({ valueInteger }) => valueInteger),
    [5, 4, 3, 2, 1],
  );
  const [page] = await client.request<Resource[]>(query, { flat: true, resolveReferences: ['subject'] });
  t.match(page!.subject, { id: patient.id, gender: 'male' });
  const everything = await client.request<Resource[]>(`Patient/${patient.id}/$everything?_count=2`, {
    pageLimit: 0,
    flat: true,
  });
  t.equal(everything.length, 6);
});

t.test('it hands on what the server refuses', async (t) => {
  await t.rejects(client.request('Observation?nonsense=1'), { message: /no such search parameter/ });
});
