/** Operations, asked for by clients that others wrote. */
import { MedplumClient } from '@medplum/core';
import type { Bundle, Observation, Patient } from '@medplum/fhirtypes';
import { Client as FhirKitClient } from 'fhir-kit-client';
import t from 'tap';
import { startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());
const medplum = new MedplumClient({
  baseUrl: new URL(server.url).origin,
  fhirUrlPath: 'fhir',
  fetch,
  cacheTime: 0,
});
const kit = new FhirKitClient({ baseUrl: server.url });

const patient = await medplum.createResource<Patient>({ resourceType: 'Patient', gender: 'female' });
for (const day of ['01', '02', '03']) {
  await medplum.createResource<Observation>({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
    subject: { reference: `Patient/${patient.id}` },
    effectiveDateTime: `2026-06-${day}`,
    valueInteger: Number(day),
  });
}

t.test('MedplumClient reads a record, validates, patches and comes back for an answer', async (t) => {
  const record = await medplum.readPatientEverything(patient.id!);
  t.equal(record.entry?.length, 4);
  const outcome = await medplum.validateResource<Patient>({ resourceType: 'Patient', gender: 'male' });
  t.equal(outcome.resourceType, 'OperationOutcome');
  t.notOk(outcome.issue?.some(({ severity }) => severity === 'error'));
  const patched = await medplum.patchResource('Patient', patient.id!, [
    { op: 'add', path: '/active', value: true },
  ]);
  t.equal(patched.active, true);
  const later = await medplum.get<Bundle>(`fhir/Patient/${patient.id}/$everything`, {
    headers: { Prefer: 'respond-async' },
    pollStatusOnAccepted: true,
    pollStatusPeriod: 20,
  });
  t.match(later, { type: 'batch-response', entry: [{ resource: { type: 'searchset', total: 4 } }] });
});

t.test('fhir-kit-client asks for operations by GET and POST, and for the next page', async (t) => {
  const newest = (await kit.operation({
    name: '$lastn',
    resourceType: 'Observation',
    method: 'GET',
    input: { patient: patient.id!, max: 2 },
  })) as unknown as Bundle<Observation>;
  t.same(
    newest.entry?.map(({ resource }) => resource?.valueInteger),
    [3, 2],
  );
  const record = await kit.operation({
    name: 'everything',
    resourceType: 'Patient',
    id: patient.id!,
    method: 'POST',
    input: { resourceType: 'Parameters', parameter: [{ name: '_count', valueInteger: 3 }] },
  });
  const rest = (await kit.nextPage({ bundle: record as never })) as unknown as Bundle;
  t.equal(rest.entry?.length, 1);
});
