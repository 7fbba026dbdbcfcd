/** No input gives a 5xx, whatever it is: every refusal is an OperationOutcome. */
import fc from 'fast-check';
import type { FastifyInstance, InjectOptions } from 'fastify';
import t from 'tap';
import { createLog } from '../../src/core/log.ts';
import { createServer } from '../../src/http/server.ts';
import { definitions, startServer } from '../support/server.ts';

const running = await startServer();
t.teardown(() => running.close());
const server: FastifyInstance = await createServer({
  services: running.services,
  log: createLog('silent'),
  version: '0.0.0-test',
});

const codes = ['Patient', 'Observation', 'Procedure', 'CarePlan', 'Questionnaire'].flatMap((type) =>
  definitions()
    .searchParameters(type)
    .map(({ code }) => code!),
);

const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    '',
    'null',
    '%00',
    '\u0000',
    '%',
    '%zz',
    '../..',
    "' OR 1=1 --",
    '*',
    '"',
    '\\',
    '|',
    '||',
    '$',
    ',',
    '9'.repeat(400),
    '-0',
    '1e999',
    '1e-999',
    'NaN',
    'ge9999-99-99',
    'ap0000',
    'eq2026-02-30T25:61:61Z',
    'urn:uuid:',
    'Patient/',
    'http://',
    '__proto__',
    'constructor',
  ),
);

const type = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('Patient', 'Observation', 'Bundle', 'Parameters', 'Binary') },
  { weight: 1, arbitrary: junk },
);
const id = fc.oneof(fc.constantFrom('a', 'b', 'c'), junk);
const version = fc.oneof(fc.constantFrom('1', '0', '-1', '99999999999999999999'), junk);

const segments: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.tuple(type),
  fc.tuple(type, id),
  fc.tuple(type, id, fc.constant('_history')),
  fc.tuple(type, id, fc.constant('_history'), version),
  fc.tuple(type, fc.constantFrom('_search', '$validate', '_history', '$nothing')),
  fc.tuple(type, id, fc.constant('$validate')),
  fc.array(junk, { maxLength: 5 }),
);

const modifier = fc.constantFrom(
  '',
  '',
  ':not',
  ':exact',
  ':missing',
  ':identifier',
  ':Patient',
  ':nonsense',
  ':',
);
const results = fc.constantFrom(
  '_count',
  '_sort',
  '_include',
  '_revinclude',
  '_total',
  '_summary',
  '_elements',
  '_cursor',
  '_format',
  '_pretty',
  '_id',
  '_lastUpdated',
  '_has:Observation:patient:code',
  'subject:Patient.name',
  'mode',
  'profile',
);
const name = fc.oneof(
  fc.tuple(fc.constantFrom(...codes), modifier).map(([code, suffix]) => code + suffix),
  results,
  junk,
);
/** Mostly well-formed text, sometimes with raw characters in it. */
const query = fc.array(fc.tuple(name, junk), { maxLength: 4 }).chain((pairs) =>
  fc.boolean().map((raw) => {
    const encode = raw ? (text: string) => text.replace(/[^!-~]/g, '') : encodeURIComponent;
    return pairs.map((pair) => pair.map((text) => encode(text.toWellFormed())).join('=')).join('&');
  }),
);

const resourceLike = fc
  .tuple(
    fc.constantFrom('Patient', 'Observation', 'Bundle', 'Parameters', 'Nothing', '__proto__'),
    fc.dictionary(
      fc.oneof(
        fc.constantFrom(
          'id',
          'meta',
          'text',
          'contained',
          'extension',
          'identifier',
          'name',
          'status',
          'code',
          'subject',
          'valueQuantity',
          'component',
          'entry',
          'type',
          'parameter',
          '_status',
          '__proto__',
        ),
        junk,
      ),
      fc.jsonValue({ maxDepth: 4 }),
      { maxKeys: 6 },
    ),
  )
  .map(([resourceType, members]) => JSON.stringify({ ...members, resourceType }));

const bundleLike = fc
  .tuple(
    fc.constantFrom('batch', 'transaction'),
    fc.array(
      fc.record(
        {
          fullUrl: fc.oneof(junk, fc.constant('urn:uuid:0f3c1f9e-7d57-4d9c-9b39-27a3f6c9c001')),
          resource: fc.oneof(
            resourceLike.map((text) => JSON.parse(text)),
            fc.jsonValue(),
          ),
          request: fc.record(
            {
              method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', ''),
              url: fc.oneof(
                fc.tuple(type, id, query).map(([a, b, c]) => `${a}/${b}?${c}`),
                fc.tuple(type, query).map(([a, b]) => `${a}?${b}`),
                type,
                junk,
              ),
              ifMatch: junk,
              ifNoneExist: query,
            },
            { requiredKeys: ['method', 'url'] },
          ),
        },
        { requiredKeys: ['request'] },
      ),
      { maxLength: 4 },
    ),
  )
  .map(([kind, entry]) => JSON.stringify({ resourceType: 'Bundle', type: kind, entry }));

const payload = fc.oneof(
  resourceLike,
  bundleLike,
  query,
  fc.json({ maxDepth: 5 }),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(
    '',
    '{',
    '[]',
    'null',
    '"',
    '{"resourceType":null}',
    '{"resourceType":"Bundle","entry":[null]}',
  ),
);

const headerText = fc.oneof(
  fc.constantFrom(
    'W/"1"',
    '*',
    'W/',
    '""',
    'return=minimal',
    'return=OperationOutcome, handling=lenient',
    'handling=lenient',
    'application/fhir+xml',
    'text/html;q=x',
    'identifier=a|b',
    '_id=a',
    'Fri, 02 Jan 2026 03:04:05 GMT',
  ),
  fc.string({ maxLength: 30 }),
);
const headers = fc
  .dictionary(
    fc.constantFrom(
      'accept',
      'accept-encoding',
      'content-encoding',
      'if-match',
      'if-none-match',
      'if-modified-since',
      'if-none-exist',
      'origin',
      'prefer',
      'x-request-id',
      'host',
    ),
    headerText,
    { maxKeys: 3 },
  )
  .filter((given) => given['content-encoding'] === undefined || given['content-encoding'] !== '');

const contentType = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/fhir+json') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'application/fhir+xml',
      '',
      ';',
    ),
  },
);

const request = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'),
    path: segments,
    query,
    headers,
    contentType,
    payload,
  })
  .map(({ method, path, query: text, headers: given, contentType: kind, payload: body }): InjectOptions => {
    const url = ['/fhir', ...path.map((segment) => encodeURIComponent(segment.toWellFormed()))].join('/');
    const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
    return {
      method: method as 'GET',
      url: text === '' ? url : `${url}?${text}`,
      headers: { ...given, ...(hasBody ? { 'content-type': kind } : {}) },
      ...(hasBody ? { payload: body } : {}),
    };
  });

t.test('junk in path, parameters, headers and body is refused, never a failure of the server', async (t) => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      const { statusCode, payload: answer, headers: sent } = await server.inject(asked);
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
      if (statusCode >= 500) throw new Error(`${statusCode} ${answer}`);
      if (statusCode >= 400 && asked.method !== 'HEAD') {
        if (!String(sent['content-type']).startsWith('application/fhir+json')) throw new Error(answer);
        if (JSON.parse(answer).resourceType !== 'OperationOutcome') throw new Error(answer);
      }
    }),
    { numRuns: 3000 },
  );
  t.ok(statuses.size >= 6, `many kinds of answers were seen: ${[...statuses].join(' ')}`);
});
