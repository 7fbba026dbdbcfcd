import t from 'tap';
import { indexBundle } from '../../src/validator/checks/bundle-index.ts';

const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, ...more });

function indexOf(...entry: readonly object[]) {
  return indexBundle({ resourceType: 'Bundle', type: 'collection', entry }, undefined);
}

t.test('a relative reference is of the server that its entry comes from', async (t) => {
  const [here, there] = [patient('1', { meta: { versionId: '3' } }), patient('1', { gender: 'female' })];
  const index = indexOf(
    { fullUrl: 'https://here.example/fhir/Patient/1', resource: here },
    { fullUrl: 'https://there.example/_history/fhir/Patient/1', resource: there },
    { fullUrl: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', resource: patient('2') },
  );
  const target = (reference: string, fullUrl?: string) => index.target(reference, fullUrl);
  t.equal(target('Patient/1', 'https://here.example/fhir/Observation/9'), here);
  t.equal(target('Patient/1', 'https://there.example/_history/fhir/Observation/9'), there);
  t.equal(target('Patient/1/_history/3', 'https://here.example/fhir/Observation/9'), here);
  t.equal(target('Patient/1/_history/4', 'https://here.example/fhir/Observation/9'), undefined);
  t.equal(
    target('Patient/1', 'https://here.example/fhir/Observation/9/_history/2'),
    here,
    'from any version',
  );
  t.equal(target('Patient/1', 'https://elsewhere.example/fhir/Observation/9'), undefined);
  t.equal(
    target('Patient/1', 'urn:uuid:6f1a1e3c-7d5b-4a57-9a9e-3b8d4c2e1f00'),
    undefined,
    'a URN has no base',
  );
  t.equal(target('Patient/1'), here, 'from an entry without a URL: by type and id, the first');
  t.equal(target('https://there.example/_history/fhir/Patient/1'), there);
  t.equal(target('urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0')?.id, '2');
});

t.test('a fullUrl that is no URL is found as it is written', async (t) => {
  const found = patient('1');
  const index = indexOf({ fullUrl: 'Patient/1', resource: found });
  t.equal(index.target('Patient/1', 'https://here.example/fhir/Observation/9'), found);
  t.equal(index.target('https://here.example/fhir/Patient/1', undefined), undefined);
});

t.test('what a bundle has not may be in the one around it', async (t) => {
  const outer = indexOf({ fullUrl: 'https://here.example/fhir/Patient/1', resource: patient('1') });
  const inner = indexBundle({ resourceType: 'Bundle', entry: [] }, outer);
  t.equal(inner.target('https://here.example/fhir/Patient/1', undefined)?.id, '1');
});

t.test('definitions are found by canonical and by type and id, resources by their own URL', async (t) => {
  const form = { resourceType: 'Questionnaire', id: 'q', url: 'https://here.example/forms/sleep' };
  const again = { ...form, id: 'q2', version: '2' };
  const index = indexOf(
    { fullUrl: 'https://here.example/fhir/Questionnaire/q', resource: form },
    { resource: again },
  );
  t.strictSame(index.named('https://here.example/forms/sleep'), [form, again]);
  t.strictSame(index.named('https://here.example/fhir/Questionnaire/q'), [form]);
  t.equal(index.fullUrlOf(form), 'https://here.example/fhir/Questionnaire/q');
  t.equal(index.fullUrlOf(again), undefined);
});
