/** What the server says is valid FHIR itself: Bundles of every kind and OperationOutcomes, in JSON and in XML. */
import t from 'tap';
import { hasErrors } from '../../src/core/issue.ts';
import { readXml } from '../../src/fhir/xml-reader.ts';
import { definitions, startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());
const { send, services } = server;

const patient = { resourceType: 'Patient', id: 'a' };
const patch = { resourceType: 'Binary', contentType: 'application/json-patch+json', data: btoa('[]') };
const entry = [
  { request: { method: 'GET', url: 'Patient?_id=a' } },
  { resource: patient, request: { method: 'PUT', url: 'Patient/a' } },
  { resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
  { request: { method: 'DELETE', url: 'Patient/gone' } },
];
const patching = { resource: patch, request: { method: 'PATCH', url: 'Patient/a' } };
const failing = { request: { method: 'GET', url: 'Patient/nobody' } };

await send('PUT', '/Patient/gone', { body: { ...patient, id: 'gone' } });

const questions: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['POST', '', { resourceType: 'Bundle', type: 'transaction', entry }],
  ['POST', '', { resourceType: 'Bundle', type: 'batch', entry: [...entry, patching, failing] }],
  ['POST', '', { resourceType: 'Bundle', type: 'batch' }],
  ['GET', '/Patient?_count=1'],
  ['GET', '/Patient?_id=nobody'],
  ['GET', '/Patient?_summary=true'],
  ['GET', '/Patient/a/_history'],
  ['GET', '/Patient/_history?_summary=true'],
  ['GET', '/_history?_count=10'],
  ['GET', '/_history?_count=0'],
  ['GET', '/Patient/nobody'],
  ['POST', '/Patient', { resourceType: 'Patient', gender: 'unheard-of', nothing: 1 }],
];

for (const [method, path, body] of questions) {
  t.test(`${method} ${path === '' ? `a ${(body as { type: string }).type}` : path}`, async (t) => {
    for (const preference of ['representation', 'minimal', 'OperationOutcome']) {
      const asked = { ...(body ? { body } : {}), headers: { prefer: `return=${preference}` } };
      const inJson = (await send(method, path, asked)).text;
      const inXml = await send(method, path, { ...asked, headers: { ...asked.headers, accept: 'text/xml' } });
      for (const text of [inJson, readXml(definitions().model, inXml.text).text]) {
        const issues = services.validator.validate(JSON.parse(text));
        t.notOk(hasErrors(issues), `${preference}: ${JSON.stringify(issues)} ${text.slice(0, 300)}`);
      }
    }
  });
}
