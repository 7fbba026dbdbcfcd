/** $validate over HTTP: its parameters, its modes, several resources at once. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const { send, close } = await startServer();
t.teardown(close);

const vitalSigns = 'http://hl7.org/fhir/StructureDefinition/vitalsigns';
const bodyWeight = 'http://hl7.org/fhir/StructureDefinition/bodyweight';
const score = { resourceType: 'Observation', status: 'final', code: { text: 'score' }, valueInteger: 3 };
const patient = { resourceType: 'Patient', active: true };

interface OutcomeIssue {
  readonly severity: string;
  readonly expression?: readonly string[];
  readonly details: { readonly coding: readonly { readonly code: string }[] };
}

/** Errors of an outcome as `key @ expression`. */
function errorsOf(outcome: { issue: OutcomeIssue[] }): string[] {
  return outcome.issue
    .filter(({ severity }) => severity === 'error')
    .map(({ details, expression = [] }) => `${details.coding[0]!.code} @ ${expression[0]}`);
}

function parameters(resource: object | undefined, ...more: object[]): object {
  const parameter = [...more, ...(resource ? [{ name: 'resource', resource }] : [])];
  return { resourceType: 'Parameters', parameter };
}

const mode = (code: string) => ({ name: 'mode', valueCode: code });
const profile = (url: string) => ({ name: 'profile', valueUri: url });

async function validated(path: string, body: object): Promise<string[]> {
  const answer = await send('POST', path, { body });
  t.equal(answer.status, 200, path);
  return errorsOf(answer.body);
}

t.test('profiles may be several, in the query and in Parameters', async (t) => {
  const categorized = { ...score, category: [{ text: 'survey' }] };
  t.same(await validated('/Observation/$validate', categorized), []);
  for (const [path, body] of [
    [`/Observation/$validate?profile=${vitalSigns}&profile=${bodyWeight}`, categorized],
    ['/Observation/$validate', parameters(categorized, profile(vitalSigns), profile(bodyWeight))],
    [`/Observation/$validate?profile=${vitalSigns}`, parameters(categorized, profile(bodyWeight))],
    [
      '/Observation/$validate',
      parameters(categorized, mode('profile'), profile(vitalSigns), profile(bodyWeight)),
    ],
  ] as const) {
    const errors = await validated(path, body);
    t.ok(errors.includes('slice-min @ Observation.code'), `by the second alone: ${errors.join()}`);
    t.ok(
      errors.includes('slice-min @ Observation'),
      `by the first, whose category is missing: ${errors.join()}`,
    );
  }
  const first = await validated(`/Observation/$validate?profile=${vitalSigns}`, categorized);
  t.ok(first.includes('slice-min @ Observation'));
  t.notOk(first.includes('slice-min @ Observation.code'), 'only the first');
});

t.test('a requested profile that is not known is an error, a claimed one a warning', async (t) => {
  const asked = await validated('/Patient/$validate?profile=https://example.org/none', patient);
  t.same(asked, ['profile-unknown @ Patient']);
  const claiming = { ...patient, meta: { profile: ['https://example.org/none'] } };
  const { body } = await send('POST', '/Patient/$validate', { body: claiming });
  t.same(errorsOf(body), []);
  t.ok(keysOf(body).includes('profile-unknown'));
});

t.test('the modes create and update judge as a write would', async (t) => {
  const claiming = { ...patient, id: 'a', meta: { profile: ['https://example.org/none'] } };
  const refused = await send('POST', '/Patient', { body: claiming });
  t.equal(refused.status, 422);
  for (const path of [
    '/Patient/$validate?mode=create',
    '/Patient/$validate?mode=update',
    '/Patient/a/$validate?mode=update',
  ]) {
    t.same(await validated(path, claiming), ['profile-unknown @ Patient.meta.profile[0]'], path);
  }
});

t.test('an update must carry the id of the URL, or any where the URL has none', async (t) => {
  const { id } = (await send('POST', '/Patient', { body: patient })).body;
  t.same(await validated(`/Patient/${id}/$validate`, parameters({ ...patient, id }, mode('update'))), []);
  t.same(
    await validated(`/Patient/${id}/$validate`, parameters({ ...patient, id: 'other' }, mode('update'))),
    ['id-mismatch @ Patient.id'],
  );
  t.same(await validated('/Patient/$validate?mode=update', { ...patient, id: 'other' }), []);
  t.same(await validated('/Patient/$validate?mode=update', patient), ['id-mismatch @ Patient.id']);
});

t.test('the mode delete needs no resource, but an instance that is there', async (t) => {
  const { id } = (await send('POST', '/Patient', { body: patient })).body;
  t.same(await validated(`/Patient/${id}/$validate`, parameters(undefined, mode('delete'))), []);
  t.equal((await send('GET', `/Patient/${id}/$validate?mode=delete`)).status, 200);
  t.equal((await send('GET', '/Patient/nobody/$validate?mode=delete')).status, 404);
  t.equal((await send('POST', '/Patient/$validate?mode=delete', { body: patient })).status, 400);
  t.equal((await send('GET', `/Patient/${id}`)).status, 200, 'nothing was deleted');
});

t.test('a stored resource is validated against the profiles of the query', async (t) => {
  const { id } = (await send('POST', '/Observation', { body: score })).body;
  const plain = await send('GET', `/Observation/${id}/$validate`);
  t.same([plain.status, errorsOf(plain.body)], [200, []]);
  for (const method of ['GET', 'POST']) {
    const { status, body } = await send(method, `/Observation/${id}/$validate?profile=${vitalSigns}`);
    t.equal(status, 200);
    t.ok(errorsOf(body).length > 0, method);
  }
});

t.test('several resources go in a Bundle: each is judged alone, findings name its entry', async (t) => {
  const wrong = { ...patient, gender: 'neither' };
  for (const type of ['batch', 'collection']) {
    const bundle = {
      resourceType: 'Bundle',
      type,
      entry: [{ resource: patient }, { resource: wrong }, { resource: score }, {}],
    };
    for (const body of [bundle, parameters(bundle)]) {
      const errors = await validated('/Patient/$validate', body);
      t.ok(
        errors.some((error) => error.endsWith('@ Bundle.entry[1].resource.gender')),
        errors.join(),
      );
      t.ok(errors.includes('type-mismatch @ Bundle.entry[2].resource'));
      t.ok(errors.includes('malformed-request @ Bundle.entry[3]'));
      t.notOk(errors.some((error) => error.includes('entry[0]')));
    }
  }
  const profiled = { resourceType: 'Bundle', type: 'batch', entry: [{ resource: score }] };
  const errors = await validated(`/Observation/$validate?profile=${vitalSigns}`, profiled);
  t.ok(errors.includes('cardinality-min @ Bundle.entry[0].resource'), errors.join());
});

t.test('findings in a Bundle have their line and column in what was sent', async (t) => {
  const body =
    '{"resourceType":"Parameters","parameter":[{"name":"resource","resource":\n{"resourceType":"Bundle","type":"batch","entry":[\n{"resource":{"resourceType":"Patient",\n  "gender":"neither"}}]}}]}';
  const outcome = (await send('POST', '/Patient/$validate', { body })).body;
  const issue = outcome.issue.find(({ expression }: OutcomeIssue) => expression?.[0]?.endsWith('.gender'));
  const numbers = issue.extension.map(({ valueInteger }: { valueInteger: number }) => valueInteger);
  t.same(numbers, [4, 3]);
});

t.test('Bundle/$validate judges the Bundle as a whole', async (t) => {
  const entry = {
    fullUrl: 'urn:uuid:8d0b4ad0-5b5e-4d4f-9c57-4d1d1f7f2f10',
    resource: { ...patient, gender: 'neither' },
  };
  const bundle = { resourceType: 'Bundle', type: 'collection', entry: [entry, entry] };
  const errors = await validated('/Bundle/$validate', bundle);
  t.ok(errors.includes('bdl-7 @ Bundle'), errors.join());
  t.ok(
    errors.some((error) => error.endsWith('@ Bundle.entry[1].resource.gender')),
    errors.join(),
  );
});

t.test('a request that cannot be understood is refused with 400', async (t) => {
  for (const [path, body] of [
    ['/Patient/$validate?mode=guess', patient],
    ['/Patient/$validate?mode=profile', patient],
    ['/Patient/$validate?mode=create&mode=update', patient],
    ['/Patient/$validate?strict=true', patient],
    ['/Patient/$validate', parameters(patient, { name: 'resource', resource: patient })],
    ['/Patient/$validate', parameters(patient, { name: 'level', valueCode: 'deep' })],
    ['/Patient/$validate', parameters(undefined, mode('create'))],
    ['/Patient/$validate', { name: 'no resource' }],
  ] as const) {
    t.equal((await send('POST', path, { body })).status, 400, path);
  }
  const lenient = await send('POST', '/Patient/$validate?strict=true', {
    body: patient,
    headers: { prefer: 'handling=lenient' },
  });
  t.equal(lenient.status, 200);
  t.same(keysOf(lenient.body), ['unknown-parameter']);
});
