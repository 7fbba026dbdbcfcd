/** Lists of alternatives, however long, are answered or refused. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer({ environment: { VALIDATION: 'base' } });
t.teardown(() => server.close());
await server.send('PUT', '/Patient/last', {
  body: { resourceType: 'Patient', id: 'last', name: [{ family: 'n4999' }], birthDate: '2499' },
});

async function ask(type: string, name: string, values: readonly string[]) {
  return server.send('POST', `/${type}/_search`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `${name}=${values.join(',')}`,
  });
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

t.test('thousands of alternatives are asked at once', async (t) => {
  for (const [name, values] of [
    ['_id', [...numbers(5000).map(String), 'last']],
    ['name', numbers(5000).map((n) => `n${n}`)],
    ['birthdate', numbers(500).map((n) => String(2000 + n))],
    ['general-practitioner.name:missing', ['true']],
  ] as const) {
    const { status, body } = await ask('Patient', name, values);
    t.same([status, body.total], [200, name.startsWith('general') ? 0 : 1], name);
  }
  const places = await ask('Procedure', 'location:below', numbers(2000).map(String));
  t.same([places.status, places.body.total], [200, 0]);
});

t.test('more than a statement holds is refused', async (t) => {
  const { status, body } = await ask(
    'Patient',
    'name',
    numbers(40_000).map((n) => `n${n}`),
  );
  t.same([status, keysOf(body)], [400, ['search-too-large']]);
});

t.test('a list of more values than can be answered soon is refused at once', async (t) => {
  const tooMany = [
    ['code', numbers(200_000).map(String)],
    ['date', numbers(5000).map((n) => String(1000 + n))],
    ['value-quantity', numbers(5000).map((n) => `${n}|http://unitsofmeasure.org|mg`)],
    ['code-value-quantity', numbers(5000).map((n) => `8480-6$gt${n}`)],
    ['subject:Patient.name:contains', numbers(5000).map((n) => `n${n}`)],
  ] as const;
  for (const [name, values] of tooMany) {
    const { status, body } = await ask('Observation', name, values);
    t.same([status, keysOf(body)], [400, ['search-too-large']], name);
  }
});

t.test('what is asked of every type counts for each', async (t) => {
  const { status, body } = await server.send('POST', '/_search', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `_tag=${numbers(2000).join(',')}`,
  });
  t.same([status, keysOf(body)], [400, ['search-too-large']]);
});

t.test('more parameters than can be answered soon are refused at once', async (t) => {
  for (const parameters of [
    numbers(50_000).map((n) => `code=${n}`),
    numbers(5000).map((n) => `code:not=${n}`),
    numbers(100).map(() => 'code:in=http://terminology.hl7.org/ValueSet/v3-ActCode'),
    numbers(900).map((n) => `date=ne${1000 + n},ne${2000 + n}`),
  ]) {
    const { status, body } = await server.send('POST', '/Observation/_search', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: parameters.join('&'),
    });
    t.same([status, keysOf(body)], [400, ['search-too-large']], parameters[0]!);
  }
});
