/**
 * Every search parameter there is, with values that fit and values that do not, among requests that are junk
 * altogether: no 5xx, an OperationOutcome for whatever is refused, and soon. `npm run fuzz` sends 20,000, the default
 * run a tenth of that.
 */
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import t from 'tap';
import { createLog } from '../../src/core/log.ts';
import { createServer } from '../../src/http/server.ts';
import { definitions, startServer } from '../support/server.ts';
import { anyRequest, encodeSegment } from './junk.ts';

const total = Number(process.argv[2] ?? 2000);
const seed = Date.now();
const slowest = 100;

const running = await startServer({ environment: { VALIDATION: 'base' } });
t.teardown(() => running.close());
t.setTimeout(600_000);
const server = await createServer({
  services: running.services,
  log: createLog('silent'),
  version: '0.0.0-test',
});
t.teardown(() => server.close());

/** Values that some parameter takes, and some that none does. */
const values = [
  ...[
    'a',
    'A b',
    'http://loinc.org|44261-6',
    '|a',
    'http://loinc.org|',
    'true',
    'Patient/1',
    'urn:uuid:1',
    'http://x/y|1.0',
  ],
  ...[
    '2026',
    '2026-02',
    '2026-02-28',
    '2026-02-28T10:00',
    '2026-02-28T10:00:00.5+14:00',
    'ap2026',
    'ne2026-01',
  ],
  ...[
    '5',
    '5.40',
    '1e3',
    'lt-5',
    'ap0',
    '5.4|http://unitsofmeasure.org|mg',
    'ge5||mg',
    '5|urn:x|y',
    '8480-6$gt140',
    'a$b$c',
  ],
  ...['a,b', 'a\\,b', 'true,false', ',', 'a,', '|', '||', '|||', '$', '\\', '\\|', ':', '%', '(', '"'],
  ...[
    '2026-13',
    '2026-02-30',
    '24:00',
    'gtsoon',
    '5.4.3',
    '1e999',
    'NaN',
    '-',
    '--5',
    '5|',
    '0x10',
    '9'.repeat(400),
  ],
  ...[
    'null',
    '\u0000',
    '\ud800',
    '漢'.repeat(200),
    ' ',
    "' OR 1=1 --",
    '<script>',
    '../..',
    '*',
    'AND',
    'NOT a',
  ],
];
const modifiers = [
  ...[
    '',
    '',
    '',
    '',
    ':missing',
    ':not',
    ':exact',
    ':contains',
    ':text',
    ':in',
    ':not-in',
    ':above',
    ':below',
    ':of-type',
  ],
  ...[':identifier', ':Patient', ':Nothing', ':', ':a:b', '.name', ':Patient.name', '.'],
];
const others = [
  ['_sort', 'date,-_id'],
  ['_sort', '-nonsense'],
  ['_count', '3'],
  ['_count', '-1'],
  ['_total', 'accurate'],
  ['_include', '*'],
  ['_revinclude:iterate', 'Observation:subject'],
  ['_summary', 'count'],
  ['_filter', 'name co "a" or not (active eq true)'],
  ['_filter', '((name eq'],
  ['_content', 'a AND (b OR "c d")'],
  ['_content', '"'],
  ['_has:Observation:subject:code', 'a'],
  ['_has:', 'a'],
  ['_list', '1'],
  ['_elements', 'id'],
] as const;

const parameters = definitions().resourceTypes.flatMap((type) =>
  definitions()
    .searchParameters(type)
    .map(({ code }) => ({ type, code: code! })),
);

/** The n-th request: one after the other every parameter, each time with other values. */
function parameterRequest(n: number, dice: () => number): InjectOptions {
  const pick = <T>(list: readonly T[]): T => list[dice() % list.length]!;
  const { type, code } = parameters[(n + seed) % parameters.length]!;
  const pairs: (readonly [string, string])[] = [[`${code}${pick(modifiers)}`, pick(values)]];
  if (dice() % 3 === 0) pairs.push(pick(others));
  const query = pairs.map((pair) => pair.map(encodeSegment).join('=')).join('&');
  const headers = { prefer: `handling=${pick(['strict', 'lenient'])}`, 'x-explain': 'true' };
  const path = dice() % 8 === 0 ? `/fhir?_type=${type}&` : `/fhir/${type}?`;
  if (dice() % 6 > 0) return { method: 'GET', url: path + query, headers };
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url: `/fhir/${type}/_search`, headers: form, payload: query };
}

t.test(`${total} requests`, async (t) => {
  t.comment(`seed ${seed}, ${parameters.length} parameters`);
  const dice = fc.sample(fc.nat(), { numRuns: total * 8, seed })[Symbol.iterator]();
  const types = ['Patient', 'Observation', 'Procedure', 'Bundle', 'Binary', 'SearchParameter'];
  const codes = parameters.filter(({ type }) => types.includes(type)).map(({ code }) => code);
  const junk = fc.sample(anyRequest(codes, types), { numRuns: Math.ceil(total / 5), seed });
  const statuses = new Map<number, number>();
  const faults: string[] = [];
  const times: number[] = [];
  for (let n = 0; n < total; n++) {
    const request = n % 5 === 4 ? junk[Math.floor(n / 5)]! : parameterRequest(n, () => dice.next().value!);
    const start = performance.now();
    const { statusCode, payload, headers } = await server.inject(request);
    times.push(performance.now() - start);
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    const told = `${request.method} ${request.url} ${request.payload ?? ''}: ${statusCode} ${payload.slice(0, 300)}`;
    if (statusCode >= 500) faults.push(told);
    const isText = headers['content-encoding'] === undefined && request.method !== 'HEAD';
    if (statusCode >= 400 && isText && !payload.includes('OperationOutcome')) faults.push(told);
    // As between requests over a network, or the server takes itself for overloaded.
    await new Promise(setImmediate);
  }
  times.sort((a, b) => a - b);
  const p99 = times[Math.floor(total * 0.99)]!;
  t.same(faults.slice(0, 5), []);
  t.ok(p99 < slowest, `99 of 100 are answered within ${p99.toFixed(1)} ms`);
  t.ok((statuses.get(200) ?? 0) > total / 10, [...statuses].map((pair) => pair.join(' times ')).join(', '));
});
