/** Clients others wrote work against the server as it is. */
import { MedplumClient } from '@medplum/core';
import type { Patient } from '@medplum/fhirtypes';
import { Client as FhirKitClient } from 'fhir-kit-client';
import t from 'tap';
import { startServer } from '../support/server.ts';

const identifier = [{ system: 'urn:test', value: 'client' }];

t.test('MedplumClient creates, reads, searches, updates and deletes', async (t) => {
  const server = await startServer();
  t.teardown(() => server.close());
  const client = new MedplumClient({
    baseUrl: new URL(server.url).origin,
    fhirUrlPath: 'fhir',
    fetch,
    cacheTime: 0,
  });
  const created = await client.createResource<Patient>({ resourceType: 'Patient', identifier });
  t.ok(created.id);
  const read = await client.readResource('Patient', created.id!);
  t.same(read, created);
  const found = await client.searchResources('Patient', 'identifier=urn:test|client');
  t.same(
    found.map(({ id }) => id),
    [created.id],
  );
  const again = await client.createResourceIfNoneExist<Patient>(
    { resourceType: 'Patient', identifier },
    'identifier=urn:test|client',
  );
  t.equal(again.id, created.id);
  const updated = await client.updateResource<Patient>({ ...read, active: true });
  t.equal(updated.meta?.versionId, '2');
  t.equal((await client.readHistory('Patient', created.id!)).entry?.length, 2);
  t.equal((await client.readVersion('Patient', created.id!, '1')).active, undefined);
  const batch = await client.executeBatch({
    resourceType: 'Bundle',
    type: 'batch',
    entry: [{ request: { method: 'GET', url: `Patient/${created.id}` } }],
  });
  t.match(batch.entry?.[0]?.resource, { id: created.id });
  await client.deleteResource('Patient', created.id!);
  await t.rejects(client.readResource('Patient', created.id!), 'it is gone');
});

t.test('fhir-kit-client creates, reads, searches, pages, updates and deletes', async (t) => {
  const server = await startServer();
  t.teardown(() => server.close());
  const client = new FhirKitClient({ baseUrl: server.url });
  const statement = await client.capabilityStatement();
  t.equal(statement.resourceType, 'CapabilityStatement');
  const created = await client.create({
    resourceType: 'Patient',
    body: { resourceType: 'Patient', identifier },
  });
  const id = created.id as string;
  t.match(await client.read({ resourceType: 'Patient', id }), { id });
  t.match(await client.vread({ resourceType: 'Patient', id, version: '1' }), { id });
  const updated = await client.update({
    resourceType: 'Patient',
    id,
    body: { resourceType: 'Patient', id, identifier, active: true },
  });
  t.match(updated, { active: true, meta: { versionId: '2' } });
  await client.create({ resourceType: 'Patient', body: { resourceType: 'Patient', identifier } });
  const searchParams = { identifier: 'urn:test|client', _count: 1 };
  const first = await client.resourceSearch({ resourceType: 'Patient', searchParams });
  const second = await client.nextPage({ bundle: first as never });
  const seen = [first, second].flatMap((page) => (page as unknown as Page).entry);
  t.equal(new Set(seen.map(({ resource }) => resource.id)).size, 2);
  const posted = await client.resourceSearch({
    resourceType: 'Patient',
    searchParams: { identifier: 'urn:test|client' },
    options: { postSearch: true },
  });
  t.equal((posted as unknown as Page).entry.length, 2);
  await client.delete({ resourceType: 'Patient', id });
  await t.rejects(client.read({ resourceType: 'Patient', id }), 'it is gone');
});

interface Page {
  readonly entry: readonly { readonly resource: { readonly id: string } }[];
}
