/** Questionnaire/$populate over HTTP. What population itself does is tested with `src/questionnaire/populate`. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer({ environment: { VALIDATION: 'base' } });
t.teardown(() => server.close());

const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';
const code = { system: 'http://example.org/codes', code: 'sleep' };

const initially = (expression: string, language = 'text/fhirpath') => ({
  url: `${sdc}initialExpression`,
  valueExpression: { language, expression },
});

const form = {
  resourceType: 'Questionnaire',
  id: 'intake',
  url: 'http://example.org/Questionnaire/intake',
  version: '2',
  status: 'active',
  date: '2026-02-01',
  identifier: [{ system: 'http://example.org/forms', value: 'a|b' }],
  extension: [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/variable',
      valueExpression: {
        name: 'visits',
        language: 'application/x-fhir-query',
        expression: 'Encounter?subject=Patient/{{%patient.id}}&status=finished',
      },
    },
  ],
  item: [
    { linkId: 'born', type: 'date', extension: [initially('%patient.birthDate')] },
    { linkId: 'visits', type: 'integer', extension: [initially('%visits.total')] },
    { linkId: 'who', type: 'string', extension: [initially('%user.name.family')] },
    {
      linkId: 'sleep',
      type: 'integer',
      code: [code],
      extension: [{ url: `${sdc}observationLinkPeriod`, valueDuration: { value: 100, unit: 'a' } }],
    },
  ],
};
const encounterOf = (patient: string) => ({
  resourceType: 'Encounter',
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  subject: { reference: `Patient/${patient}` },
});
const sleepOf = (patient: string, value: number, day: string) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [code] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: day,
  valueInteger: value,
});

for (const [id, birthDate] of [
  ['p', '1980-02-03'],
  ['q', '1990-01-01'],
])
  await server.send('PUT', `/Patient/${id}`, { body: { resourceType: 'Patient', id, birthDate } });
for (const patient of ['p', 'p', 'q'])
  await server.send('POST', '/Encounter', { body: encounterOf(patient) });
for (const [patient, value, day] of [
  ['p', 6, '2026-01-01'],
  ['p', 7, '2026-02-01'],
  ['q', 8, '2026-03-01'],
] as const)
  await server.send('POST', '/Observation', { body: sleepOf(patient, value, day) });
const practitioner = { resourceType: 'Practitioner', id: 'dr', name: [{ family: 'Example' }] };
await server.send('PUT', '/Practitioner/dr', { body: practitioner });
await server.send('PUT', '/Questionnaire/intake', { body: form });
await server.send('PUT', '/Questionnaire/retired', {
  body: {
    ...form,
    id: 'retired',
    version: '1',
    status: 'retired',
    date: '2026-03-01',
    item: [],
    identifier: [],
  },
});

const subject = { name: 'subject', valueReference: { reference: 'Patient/p' } };
const user = { name: 'name', valueString: 'user' };
const known = [
  ['born', { valueDate: '1980-02-03' }],
  ['visits', { valueInteger: 2 }],
  ['sleep', { valueInteger: 7 }],
];

const populate = (path: string, ...parameter: object[]) =>
  server.send('POST', `/Questionnaire${path}/$populate`, {
    body: { resourceType: 'Parameters', parameter },
  });

type Part = { name: string; resource: ReturnType<typeof JSON.parse> };
const partOf = (body: { parameter?: Part[] }, name: string) =>
  body.parameter?.find((part) => part.name === name)?.resource;
const answersOf = (body: object): unknown[] =>
  (partOf(body, 'response')?.item ?? []).map(({ linkId, answer }: { linkId: string; answer: object[] }) => [
    linkId,
    answer[0],
  ]);

t.test('a form here is filled with what is known here about the subject', async (t) => {
  const answer = await populate('/intake', subject);
  t.equal(answer.status, 200, answer.text);
  t.match(partOf(answer.body, 'response'), {
    resourceType: 'QuestionnaireResponse',
    questionnaire: 'http://example.org/Questionnaire/intake|2',
    status: 'in-progress',
    subject: { reference: 'Patient/p' },
  });
  t.same(answersOf(answer.body), known);
  const stored = await server.send('GET', '/QuestionnaireResponse?_summary=count');
  t.equal(stored.body.total, 0, 'nothing is stored');
});

t.test('the form is named in any way that a version of the operation knows', async (t) => {
  const ways = [
    { name: 'questionnaire', valueUri: form.url },
    { name: 'questionnaire', valueCanonical: `${form.url}|2` },
    { name: 'questionnaire', valueReference: { reference: 'Questionnaire/intake' } },
    { name: 'questionnaire', valueReference: { reference: `${server.url}/Questionnaire/intake` } },
    { name: 'questionnaire', resource: form },
    { name: 'canonical', valueUri: form.url },
    { name: 'questionnaireRef', valueReference: { reference: 'Questionnaire/intake' } },
    { name: 'identifier', valueIdentifier: { system: 'http://example.org/forms', value: 'a|b' } },
  ];
  for (const way of ways) {
    const answer = await populate('', way, subject);
    t.equal(answer.status, 200, answer.text);
    t.same(answersOf(answer.body), known, JSON.stringify(way).slice(0, 80));
  }
  const older = await populate('', { name: 'canonical', valueUri: `${form.url}|1` }, subject);
  t.same(answersOf(older.body), [], 'of the version that is asked for');
});

t.test('contexts come as resources or as references', async (t) => {
  const contents = [
    { name: 'content', resource: practitioner },
    { name: 'content', valueReference: { reference: 'Practitioner/dr' } },
  ];
  for (const name of ['context', 'launchContext'])
    for (const content of contents) {
      const answer = await populate('/intake', subject, { name, part: [user, content] });
      t.same(
        answersOf(answer.body).find((one) => (one as string[])[0] === 'who'),
        ['who', { valueString: 'Example' }],
      );
    }
  const missing = { name: 'content', valueReference: { reference: 'Practitioner/none' } };
  const answer = await populate('/intake', subject, { name: 'context', part: [user, missing] });
  t.ok(keysOf(partOf(answer.body, 'issues')).includes('populate-context'));
});

t.test('with local false only what was handed in is used', async (t) => {
  const patient = { resourceType: 'Patient', id: 'p', birthDate: '2000-01-01' };
  const answer = await populate(
    '/intake',
    subject,
    { name: 'local', valueBoolean: false },
    {
      name: 'context',
      part: [
        { name: 'name', valueString: 'patient' },
        { name: 'content', resource: patient },
      ],
    },
  );
  t.same(answersOf(answer.body), [['born', { valueDate: '2000-01-01' }]]);
});

t.test('a query that cannot be answered as it is leaves the item open', async (t) => {
  const queries = [
    'Encounter?subject=Patient/p&no-such-parameter=1',
    'http://elsewhere.example/Encounter?subject=Patient/p',
    'Nothing?x=1',
    '../Patient/p',
    'Encounter?_id=%',
  ];
  for (const expression of queries) {
    const variable = {
      url: 'http://hl7.org/fhir/StructureDefinition/variable',
      valueExpression: { name: 'visits', language: 'application/x-fhir-query', expression },
    };
    const item = [{ linkId: 'a', type: 'integer', extension: [initially('%visits.entry.count() + 1')] }];
    const resource = { ...form, extension: [variable], item };
    const answer = await populate('', { name: 'questionnaire', resource }, subject);
    t.equal(answer.status, 200, answer.text);
    const [first] = answersOf(answer.body) as [string, { valueInteger: number }][];
    t.ok(first === undefined || first[1].valueInteger === 1, 'nothing is found');
  }
});

t.test('what cannot be understood is refused', async (t) => {
  const cases: [object[], number, string][] = [
    [[subject], 400, 'invalid-parameter'],
    [
      [
        { name: 'canonical', valueUri: form.url },
        { name: 'questionnaire', valueUri: form.url },
      ],
      400,
      'invalid-parameter',
    ],
    [[{ name: 'canonical', valueUri: 'http://example.org/none' }], 404, 'not-found'],
    [[{ name: 'identifier', valueIdentifier: { value: 'none' } }], 404, 'not-found'],
    [[{ name: 'questionnaire', valueBoolean: true }], 400, 'invalid-parameter'],
    [[{ name: 'questionnaire', resource: { resourceType: 'Patient' } }], 400, 'invalid-parameter'],
    [[{ name: 'unheard-of', valueString: 'x' }], 400, 'unknown-parameter'],
  ];
  for (const [parameters, status, key] of cases) {
    const answer = await populate('', ...parameters);
    t.equal(answer.status, status, JSON.stringify(parameters));
    t.ok(keysOf(answer.body).includes(key), JSON.stringify(parameters));
  }
  t.equal((await populate('/none', subject)).status, 404);
  const invalid = { name: 'questionnaire', resource: { ...form, status: 'perhaps' } };
  t.equal((await populate('', invalid)).status, 422);
});

t.test('sources that are not used are announced', async (t) => {
  const resource = {
    ...form,
    extension: [{ url: `${sdc}sourceStructureMap`, valueCanonical: 'http://example.org/StructureMap/m' }],
  };
  const data = { name: 'data', resource: { resourceType: 'Bundle', type: 'collection' } };
  const answer = await populate('', { name: 'questionnaire', resource }, subject, data);
  const keys = keysOf(partOf(answer.body, 'issues'));
  t.ok(keys.includes('populate-map') && keys.includes('populate-source'), keys.join());
});

t.test('a query is enough where a text says it: for whom, and which form', async (t) => {
  const url = 'http://example.org/Questionnaire/intake';
  for (const path of [
    '/intake/$populate?subject=Patient/p',
    `/$populate?questionnaire=${url}&subject=Patient/p`,
    `/$populate?canonical=${url}|2&subject=Patient/p`,
    '/$populate?questionnaireRef=Questionnaire/intake&subject=Patient/p',
  ]) {
    const answer = await server.send('GET', `/Questionnaire${path}`);
    t.equal(answer.status, 200, path);
    t.same(answersOf(answer.body), known, path);
  }
  const nothing = await server.send('GET', '/Questionnaire/$populate?subject=Patient/p');
  t.equal(nothing.status, 400, 'no form');
});
