/**
 * What fhircrackr (R) sends: everything in XML, searches by GET or by POST, and the `next` links of the answers as they
 * are. https://github.com/POLAR-fhiR/fhircrackr
 */
import t from 'tap';
import { readXml } from '../../src/fhir/xml-reader.ts';
import { definitions, startServer } from '../support/server.ts';

interface Bundle {
  readonly resourceType: string;
  readonly total?: number;
  readonly link: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly { readonly resource: { readonly id: string } }[];
}

const server = await startServer();
t.teardown(() => server.close());
const ids = ['p1', 'p2', 'p3', 'p4', 'p5'];
for (const id of ids) {
  const body = `<Patient xmlns="http://hl7.org/fhir"><id value="${id}"/><gender value="male"/></Patient>`;
  const { status } = await server.send('PUT', `/Patient/${id}`, {
    headers: { 'content-type': 'application/fhir+xml' },
    body,
  });
  if (status !== 201) throw new Error(`${id} was not stored`);
}

const xml = { accept: 'application/fhir+xml' };

/** The Bundle in an answer, which must be XML. */
function bundleIn(answer: { readonly headers: Headers; readonly text: string }): Bundle {
  t.match(answer.headers.get('content-type'), /^application\/fhir\+xml/);
  t.ok(answer.text.includes('<Bundle xmlns="http://hl7.org/fhir">'));
  return JSON.parse(readXml(definitions().model, answer.text).text) as Bundle;
}

async function allPages(first: Bundle): Promise<string[]> {
  const found: string[] = [];
  let bundle = first;
  for (let pages = 1; pages < 10; pages++) {
    found.push(...(bundle.entry ?? []).map(({ resource }) => resource.id));
    const next = bundle.link.find(({ relation }) => relation === 'next')?.url;
    if (next === undefined) break;
    bundle = bundleIn(await server.send('GET', next, { headers: xml }));
  }
  return found.sort();
}

t.test('it searches by GET and follows the links', async (t) => {
  const answer = await server.send('GET', '/Patient?gender=male&_count=2', { headers: xml });
  t.equal(answer.status, 200);
  t.same(await allPages(bundleIn(answer)), ids);
});

t.test('it searches by POST with the parameters in the body', async (t) => {
  const answer = await server.send('POST', '/Patient/_search', {
    headers: { ...xml, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'gender=male&_count=3',
  });
  t.equal(answer.status, 200);
  t.same(await allPages(bundleIn(answer)), ids);
});

t.test('it asks for XML in the query as well, and for the size of what it would download', async (t) => {
  const bundle = bundleIn(await server.send('GET', '/Patient?gender=male&_format=xml&_summary=count'));
  t.same([bundle.total, bundle.entry], [ids.length, undefined]);
});

t.test('it reads the statement, and what went wrong, in XML', async (t) => {
  const statement = await server.send('GET', '/metadata', { headers: xml });
  t.ok(statement.text.includes('<CapabilityStatement xmlns="http://hl7.org/fhir">'));
  const refused = await server.send('GET', '/Patient?nonsense=1', { headers: xml });
  t.equal(refused.status, 400);
  t.ok(refused.text.includes('<OperationOutcome xmlns="http://hl7.org/fhir">'));
});
