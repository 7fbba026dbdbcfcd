/** XML over HTTP: bodies, answers of every kind, and the positions of what is wrong with a body. */
import t from 'tap';
import { readXml } from '../../src/fhir/xml-reader.ts';
import { definitions, startServer } from '../support/server.ts';

const { url, services, send, close } = await startServer();
t.teardown(close);
const { model } = definitions();

const fhirXml = 'application/fhir+xml; charset=utf-8';
const xml = { 'content-type': 'application/fhir+xml', accept: 'application/fhir+xml' };
const namespace = 'xmlns="http://hl7.org/fhir"';

const observation = `<?xml version="1.0" encoding="UTF-8"?>
<Observation ${namespace}>
  <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">9 &amp; 3/4</div></text>
  <status value="final"/>
  <code><text value="weight"/></code>
  <valueQuantity><value value="72.50"/><unit value="kg"/></valueQuantity>
</Observation>`;

/** The JSON that an XML answer stands for. */
function parsed(text: string) {
  return JSON.parse(readXml(model, text).text);
}

interface PlacedIssue {
  readonly extension?: readonly { readonly valueInteger: number }[];
  readonly expression?: readonly string[];
  readonly details: { readonly coding: readonly { readonly code: string }[] };
}

/** Key, expression, line and column of an issue. */
function placeOf({ extension = [], expression = [], details }: PlacedIssue): unknown[] {
  return [details.coding[0]?.code, expression[0], ...extension.map(({ valueInteger }) => valueInteger)];
}

t.test('a resource sent as XML is read as JSON and as XML, to the digit', async (t) => {
  const created = await send('POST', '/Observation', { headers: xml, body: observation });
  t.same([created.status, created.headers.get('content-type')], [201, fhirXml], created.text);
  const { id } = parsed(created.text);

  const asJson = await send('GET', `/Observation/${id}`);
  t.match(asJson.text, '"valueQuantity":{"value":72.50,"unit":"kg"}');
  t.equal(asJson.body.text.div, '<div xmlns="http://www.w3.org/1999/xhtml">9 &amp; 3/4</div>');

  const asXml = await send('GET', `/Observation/${id}`, { headers: { accept: 'application/fhir+xml' } });
  t.match(asXml.text, '<value value="72.50"/>');
  t.same(parsed(asXml.text), asJson.body, 'equal content');
  t.equal(asXml.headers.get('etag'), asJson.headers.get('etag'));
});

t.test('what was sent as JSON is updated with its XML', async (t) => {
  await send('PUT', '/Patient/x', { body: { resourceType: 'Patient', id: 'x', active: true } });
  const { text } = await send('GET', '/Patient/x?_format=xml');
  const changed = text.replace('<active value="true"/>', '<active value="false"/>');
  const updated = await send('PUT', '/Patient/x', {
    headers: { ...xml, 'if-match': 'W/"1"' },
    body: changed,
  });
  t.equal(updated.status, 200, updated.text);
  t.match((await send('GET', '/Patient/x')).body, { active: false, meta: { versionId: '2' } });
});

t.test('every media type of XML is taken and given', async (t) => {
  for (const type of ['application/fhir+xml', 'application/xml', 'text/xml']) {
    const created = await send('POST', '/Observation', {
      headers: { 'content-type': type, accept: type },
      body: observation,
    });
    t.same(
      [created.status, created.headers.get('content-type')],
      [201, `${type}; charset=utf-8`],
      created.text,
    );
    t.equal(parsed(created.text).resourceType, 'Observation');
  }
});

t.test('searches, histories, metadata and outcomes are given in XML', async (t) => {
  const asked: [path: string, type: string, status: number][] = [
    ['/Observation?_format=xml', 'Bundle', 200],
    ['/Patient/x/_history?_format=application/fhir%2Bxml', 'Bundle', 200],
    ['/metadata?_format=text/xml', 'CapabilityStatement', 200],
    ['/Patient/absent?_format=xml', 'OperationOutcome', 404],
    ['/Patient?nonsense=1&_format=xml', 'OperationOutcome', 400],
    ['/Nothing/1?_format=xml', 'OperationOutcome', 404],
  ];
  for (const [path, type, status] of asked) {
    const answer = await send('GET', path);
    t.equal(answer.status, status, path);
    t.match(answer.headers.get('content-type'), /xml; charset=utf-8$/, path);
    const resource = parsed(answer.text);
    t.equal(resource.resourceType, type, path);
    const issues = services.validator.validate(resource).filter(({ severity }) => severity === 'error');
    t.same(issues, [], path);
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = 'nonsense=1&_format=xml';
  const refused = await send('POST', '/Patient/_search', { headers: form, body });
  t.equal(parsed(refused.text).resourceType, 'OperationOutcome', 'asked for in a form');
});

t.test('a searchset in XML holds what the one in JSON holds', async (t) => {
  const asJson = (await send('GET', '/Observation?status=final')).body;
  const asXml = parsed((await send('GET', '/Observation?status=final&_format=xml')).text);
  t.ok(asJson.entry.length > 1);
  t.same(
    asXml.entry.map((entry: { resource: unknown }) => entry.resource),
    asJson.entry.map((entry: { resource: unknown }) => entry.resource),
  );
});

t.test('_pretty puts elements on lines of their own', async (t) => {
  const { text } = await send('GET', '/Patient/x?_format=xml&_pretty=true');
  t.match(text, '\n  <active value="false"/>\n');
});

t.test('findings point into the XML', async (t) => {
  const wrong = observation
    .replace('value="final"', 'value="finished"')
    .replace('<unit', '\n<nonsense/><unit');
  const places = [
    ['binding-required', 'Observation.status', 4, 3],
    ['unknown-element', 'Observation.value.nonsense', 7, 1],
  ];
  for (const [path, status] of [
    ['/Observation', 422],
    ['/Observation/$validate', 200],
  ] as const) {
    const answer = await send('POST', path, { headers: { 'content-type': 'text/xml' }, body: wrong });
    t.equal(answer.status, status);
    const found = answer.body.issue.map(placeOf);
    for (const place of places) t.match(JSON.stringify(found), JSON.stringify(place), path);
  }
});

t.test('$validate takes Parameters in XML', async (t) => {
  const body = `<Parameters ${namespace}>
 <parameter><name value="resource"/>
  <resource><Patient>
   <gender value="neither"/></Patient></resource></parameter>
</Parameters>`;
  const answer = await send('POST', '/Patient/$validate', { headers: { 'content-type': 'text/xml' }, body });
  t.equal(answer.status, 200, answer.text);
  t.match(JSON.stringify(answer.body.issue.map(placeOf)), '"binding-required","Patient.gender",4,4');
});

function transaction(gender: string): string {
  return `<Bundle ${namespace}>
  <type value="transaction"/>
  <entry>
    <fullUrl value="urn:uuid:0f7a3b5e-54d0-4e0c-9d0c-0d8d6f0a7c11"/>
    <resource><Patient>
      <gender value="${gender}"/></Patient></resource>
    <request><method value="POST"/><url value="Patient"/></request>
  </entry>
  <entry>
    <resource><Observation>
      <status value="final"/><code><text value="a"/></code>
      <subject><reference value="urn:uuid:0f7a3b5e-54d0-4e0c-9d0c-0d8d6f0a7c11"/></subject>
    </Observation></resource>
    <request><method value="POST"/><url value="Observation"/></request>
  </entry>
</Bundle>`;
}

t.test('a transaction in XML is one: links are rewritten, the answer is XML', async (t) => {
  const answer = await send('POST', '', { headers: xml, body: transaction('other') });
  t.equal(answer.status, 200, answer.text);
  const { type, entry } = parsed(answer.text);
  t.equal(type, 'transaction-response');
  const patient = entry[0].response.location.slice(`${url}/`.length).replace(/\/_history.*/, '');
  const location = entry[1].response.location;
  t.equal((await send('GET', location)).body.subject.reference, patient);
});

t.test('what is wrong in an entry is found in the XML of the Bundle', async (t) => {
  const answer = await send('POST', '', {
    headers: { 'content-type': 'text/xml' },
    body: transaction('neither'),
  });
  t.equal(answer.status, 422);
  t.match(
    JSON.stringify(answer.body.issue.map(placeOf)),
    '"binding-required","Bundle.entry[0].resource.gender",6,7',
  );
});

t.test('a batch in XML answers each entry by itself', async (t) => {
  const body = transaction('neither').replace('"transaction"', '"batch"');
  const answer = await send('POST', '', { headers: { 'content-type': 'text/xml' }, body });
  t.equal(answer.status, 200);
  const [failed] = answer.body.entry;
  t.match(failed.response.status, /^422/);
  t.match(
    JSON.stringify(failed.response.outcome.issue.map(placeOf)),
    '"binding-required","Bundle.entry[0].resource.gender",6,7',
  );
});

t.test('malformed XML is refused in XML, with line and column', async (t) => {
  const answer = await send('POST', '/Patient', {
    headers: xml,
    body: `<Patient ${namespace}>\n <name></Patient>`,
  });
  t.equal(answer.status, 400);
  t.match(placeOf(parsed(answer.text).issue[0]), ['malformed-xml', undefined, 2]);
});

t.test('a body of another type than the URL says is refused as in JSON', async (t) => {
  const answer = await send('POST', '/Patient', {
    headers: { 'content-type': 'text/xml' },
    body: observation,
  });
  t.same([answer.status, placeOf(answer.body.issue[0])[0]], [400, 'type-mismatch']);
});
