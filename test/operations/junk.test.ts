/** Whatever an operation is given, it answers or refuses, with an OperationOutcome, and does not break. */
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import t from 'tap';
import { createLog } from '../../src/core/log.ts';
import { createServer } from '../../src/http/server.ts';
import { operations } from '../../src/operations/operations.ts';
import { junk } from '../rest/junk.ts';
import { definitions, startServer } from '../support/server.ts';

const running = await startServer();
t.teardown(() => running.close());
for (const resourceType of ['Patient', 'CarePlan']) {
  const { status } = await running.send('PUT', `/${resourceType}/a`, {
    body: {
      resourceType,
      id: 'a',
      ...(resourceType === 'Patient'
        ? {}
        : { status: 'active', intent: 'plan', subject: { reference: 'Patient/a' } }),
    },
  });
  if (status !== 201) throw new Error(`${resourceType} was not stored`);
}
const server = await createServer({
  services: running.services,
  log: createLog('silent'),
  version: '0.0.0-test',
});
t.teardown(() => server.close());

/** Names that the operations know, and some that they do not. */
const names = [
  ...operations.flatMap(({ definition }) =>
    (definitions().operationDefinition(definition)?.parameter ?? []).map(({ name }) => name!),
  ),
  ...['_cursor', '_format', 'patient', 'code', '_sort', '__proto__', ''],
];

const plausible = fc.constantFrom<unknown>(
  ...['2026', '2026-01-01', '0000', '9999-12-31', '2026-02-30', '2026-01-01T00:00:00Z', 'Patient', 'create'],
  ...[0, 1, -1, 1.5, 1e300, true, null, [], {}, { tag: [] }, { tag: [{ code: 'a' }] }, { profile: ['x'] }],
  ...['Observation,Patient', 'Patient/a', 'http://loinc.org|1', '10', '1', '0', '-1'],
);
const value = fc.oneof(plausible, junk);
const key = fc.constantFrom(
  ...[
    'valueDate',
    'valueInstant',
    'valueCode',
    'valueString',
    'valueInteger',
    'valuePositiveInt',
    'valueMeta',
  ],
  ...['valueUri', 'value', 'resource', 'part', 'valueReference', 'name'],
);
const parameter = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...names), key, value)
      .map(([name, member, given]) => ({ name, [member]: given })),
  },
  { weight: 1, arbitrary: value },
);
const body = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(parameter, { maxLength: 3 })
      .map((list) => JSON.stringify({ resourceType: 'Parameters', parameter: list })),
  },
  {
    weight: 1,
    arbitrary: value.map((list) => JSON.stringify({ resourceType: 'Parameters', parameter: list })),
  },
  { weight: 1, arbitrary: fc.constantFrom('{"resourceType":"Patient"}', '[]', '1', 'null', '{}') },
  { weight: 1, arbitrary: junk },
);
const query = fc
  .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 3 })
  .map((pairs) => pairs.map(([name, given]) => `${name}=${encode(String(given))}`).join('&'));

/** Lone surrogates have no encoding. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const paths = operations.flatMap(({ code, levels, resources }) =>
  levels.flatMap((level) =>
    (resources.length === 0 ? ['Patient'] : resources).map(
      (type) => `${{ system: '', type: `/${type}`, instance: `/${type}/a` }[level]}/$${code}`,
    ),
  ),
);

const request = fc.tuple(fc.constantFrom(...paths), query, fc.option(body, { nil: undefined })).map(
  ([path, text, payload]): InjectOptions => ({
    method: payload === undefined ? 'GET' : 'POST',
    url: `/fhir${path}?${text}`,
    ...(payload === undefined ? {} : { headers: { 'content-type': 'application/fhir+json' }, payload }),
  }),
);

t.test('it is answered or refused', async (t) => {
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      const { statusCode, json } = await server.inject(asked);
      await new Promise(setImmediate);
      seen.add(statusCode);
      if (statusCode >= 500) throw new Error(`${statusCode}`);
      if (statusCode >= 400 && json().resourceType !== 'OperationOutcome') throw new Error('no outcome');
    }),
    { numRuns: 1200 },
  );
  t.ok(seen.has(200) && seen.has(400), [...seen].join());
});
