/** What bad input gets: the right status, an issue with the right key, and where it helps the place. */
import t from 'tap';
import { keysOf, type RequestOptions, startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());
const { send } = server;

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const patient = { resourceType: 'Patient' };

interface Case {
  readonly name: string;
  readonly request: readonly [method: string, path: string, options?: RequestOptions];
  readonly status: number;
  readonly key: string;
}

const cases: readonly Case[] = [
  {
    name: 'malformed JSON',
    request: ['POST', '/Patient', { body: '{"resourceType":' }],
    status: 400,
    key: 'malformed-json',
  },
  {
    name: 'an empty body',
    request: ['POST', '/Patient', { body: '' }],
    status: 400,
    key: 'malformed-json',
  },
  {
    name: 'a property given twice',
    request: ['POST', '/Patient', { body: '{"resourceType":"Patient","active":true,"active":false}' }],
    status: 400,
    key: 'malformed-json',
  },
  {
    name: 'nesting without end',
    request: ['POST', '/Patient', { body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }],
    status: 400,
    key: 'malformed-json',
  },
  {
    name: 'JSON that is no resource',
    request: ['POST', '/Patient', { body: '[1]' }],
    status: 400,
    key: 'malformed-request',
  },
  {
    name: 'a resource of another type',
    request: ['POST', '/Observation', { body: patient }],
    status: 400,
    key: 'type-mismatch',
  },
  { name: 'an unknown type', request: ['GET', '/Nothing/1'], status: 404, key: 'unknown-type' },
  {
    name: 'a create of an unknown type',
    request: ['POST', '/Nothing', { body: '{"resourceType":"Nothing"}' }],
    status: 404,
    key: 'unknown-type',
  },
  { name: 'an unknown id', request: ['GET', '/Patient/nobody'], status: 404, key: 'not-found' },
  {
    name: 'an unknown parameter',
    request: ['GET', '/Patient?nonsense=1'],
    status: 400,
    key: 'unknown-parameter',
  },
  {
    name: 'an unknown parameter of a POST search',
    request: ['POST', '/Patient/_search', { headers: form, body: 'nonsense=1' }],
    status: 400,
    key: 'unknown-parameter',
  },
  {
    name: 'an unknown modifier',
    request: ['GET', '/Patient?name:nonsense=1'],
    status: 400,
    key: 'unknown-modifier',
  },
  {
    name: 'a date that is none',
    request: ['GET', '/Patient?birthdate=yesterday'],
    status: 400,
    key: 'invalid-parameter',
  },
  {
    name: 'a count that is none',
    request: ['GET', '/Patient?_count=many'],
    status: 400,
    key: 'invalid-parameter',
  },
  {
    name: 'a forged cursor',
    request: ['GET', '/Patient?_cursor=AAAA'],
    status: 400,
    key: 'invalid-parameter',
  },
  {
    name: 'malformed XML',
    request: [
      'POST',
      '/Patient',
      { headers: { 'content-type': 'application/fhir+xml' }, body: '<Patient xmlns="http://hl7.org/fhir">' },
    ],
    status: 400,
    key: 'malformed-xml',
  },
  {
    name: 'an answer in Turtle',
    request: ['GET', '/Patient?_format=ttl'],
    status: 406,
    key: 'not-acceptable',
  },
  {
    name: 'a body over 32 MiB',
    request: ['POST', '/Patient', { body: ' '.repeat(33 * 1024 * 1024) }],
    status: 413,
    key: 'too-large',
  },
  {
    name: 'a method that is not there',
    request: ['PUT', '/Patient/1/_history', { body: '{}' }],
    status: 405,
    key: 'method-not-allowed',
  },
  {
    name: 'a conditional create without a condition',
    request: ['POST', '/Patient', { headers: { 'if-none-exist': '' }, body: patient }],
    status: 400,
    key: 'invalid-parameter',
  },
];

for (const { name, request, status, key } of cases) {
  t.test(name, async (t) => {
    const answer = await send(...request);
    t.equal(answer.status, status, answer.text.slice(0, 500));
    t.equal(answer.body.resourceType, 'OperationOutcome');
    t.same(keysOf(answer.body), [key]);
    t.match(answer.headers.get('content-type'), 'application/fhir+json');
  });
}

t.test('malformed JSON is refused with line and column, without quoting it', async (t) => {
  const { body, text } = await send('POST', '/Patient', {
    body: '{"resourceType":"Patient",\n  "name": [Ebenezer]}',
  });
  const place = Object.fromEntries(
    body.issue[0].extension.map(({ url, valueInteger }: { url: string; valueInteger: number }) => [
      url.split('-').at(-1),
      valueInteger,
    ]),
  );
  t.same(place, { line: 2, col: 12 });
  t.notMatch(text, /Ebenezer/);
});

t.test('an invalid resource is refused with every issue, its element and its place', async (t) => {
  const { status, body } = await send('POST', '/Observation', {
    body: '{"resourceType":"Observation",\n "status":"nonsense",\n "nonsense":1}',
  });
  t.equal(status, 422);
  t.ok(body.issue.length >= 3, 'status, code and the unknown element');
  const expressions = body.issue.map((issue: { expression?: string[] }) => issue.expression?.[0]);
  t.ok(expressions.includes('Observation.status'), expressions.join());
  for (const issue of body.issue) {
    t.ok(issue.details.text, 'it has words');
    t.ok(issue.extension?.length === 2, `${issue.expression} has line and column`);
  }
  t.equal((await send('GET', '/Observation?_summary=count')).body.total, 0, 'nothing was stored');
});

t.test('a profile nobody knows is an error on write', async (t) => {
  const { status } = await send('POST', '/Patient', {
    body: { ...patient, meta: { profile: ['https://example.org/fhir/StructureDefinition/none'] } },
  });
  t.equal(status, 422);
});

t.test('lenient handling ignores what it does not know and says so', async (t) => {
  const { status, body } = await send('GET', '/Patient?nonsense=1&name:nonsense=2', {
    headers: { prefer: 'handling=lenient' },
  });
  t.equal(status, 200);
  const outcome = body.entry.find((entry: { search: { mode: string } }) => entry.search.mode === 'outcome');
  t.same(keysOf(outcome.resource), ['unknown-parameter', 'unknown-modifier']);
});

t.test('$validate answers with findings instead of a refusal', async (t) => {
  const bad = { resourceType: 'Observation', status: 'nonsense' };
  for (const request of [
    ['/Observation/$validate', bad],
    ['/Observation/$validate?profile=http://hl7.org/fhir/StructureDefinition/vitalsigns', bad],
    [
      '/Observation/$validate',
      {
        resourceType: 'Parameters',
        parameter: [
          { name: 'resource', resource: bad },
          { name: 'mode', valueCode: 'create' },
        ],
      },
    ],
  ] as const) {
    const { status, body } = await send('POST', request[0], { body: request[1] });
    t.equal(status, 200, request[0]);
    t.equal(body.resourceType, 'OperationOutcome');
    t.ok(body.issue.some(({ severity }: { severity: string }) => severity === 'error'));
  }
  const { id } = (await send('POST', '/Patient', { body: patient })).body;
  const stored = await send('GET', `/Patient/${id}/$validate`);
  t.equal(stored.status, 200);
  t.notOk(stored.body.issue.some(({ severity }: { severity: string }) => severity === 'error'));
  t.equal((await send('POST', '/Patient/nobody/$validate')).status, 404);
});
