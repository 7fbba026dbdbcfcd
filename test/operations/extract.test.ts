/** QuestionnaireResponse/$extract over HTTP. What extraction itself does is tested with `src/questionnaire/extract`. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer({ environment: { VALIDATION: 'base' } });
t.teardown(() => server.close());

const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';
const loinc = 'http://loinc.org';
const form = {
  resourceType: 'Questionnaire',
  id: 'weight',
  url: 'http://example.org/Questionnaire/weight',
  version: '2',
  status: 'active',
  item: [
    {
      linkId: 'w',
      type: 'decimal',
      code: [{ system: loinc, code: '29463-7' }],
      extension: [
        { url: `${sdc}observationExtract`, valueBoolean: true },
        {
          url: `${sdc}observation-extract-category`,
          valueCodeableConcept: {
            coding: [
              {
                system: 'http://terminology.hl7.org/CodeSystem/observation-category',
                code: 'vital-signs',
              },
            ],
          },
        },
        {
          url: 'http://hl7.org/fhir/StructureDefinition/questionnaire-unit',
          valueCoding: { system: 'http://unitsofmeasure.org', code: 'kg', display: 'kg' },
        },
      ],
    },
  ],
};
const responseOf = (more: object = {}) => ({
  resourceType: 'QuestionnaireResponse',
  questionnaire: form.url,
  status: 'completed',
  subject: { reference: 'Patient/p' },
  authored: '2026-03-01T10:00:00Z',
  item: [{ linkId: 'w', answer: [{ valueDecimal: 71.5 }] }],
  ...more,
});
const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: loinc, code: '29463-7' }] },
  subject: { reference: 'Patient/p' },
  effectiveDateTime: '2026-03-01T10:00:00Z',
  valueQuantity: { value: 71.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
};
const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });

await server.send('PUT', '/Patient/p', { body: { resourceType: 'Patient', id: 'p' } });
await server.send('PUT', '/Questionnaire/weight', { body: form });

type Part = { name: string; resource: ReturnType<typeof JSON.parse> };
const partOf = (body: { parameter?: Part[] }, name: string) =>
  body.parameter?.find((part) => part.name === name)?.resource;
const count = async (type: string): Promise<number> =>
  (await server.send('GET', `/${type}?_summary=count`)).body.total;

t.test('a response that is sent gives a transaction, and nothing is stored', async (t) => {
  const inParameters = parameters({ name: 'questionnaire-response', resource: responseOf() });
  for (const body of [responseOf(), inParameters]) {
    const answer = await server.send('POST', '/QuestionnaireResponse/$extract', { body });
    t.equal(answer.status, 200);
    const bundle = partOf(answer.body, 'return');
    t.match(bundle, {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { fullUrl: /^urn:uuid:/, resource: observation, request: { method: 'POST', url: 'Observation' } },
      ],
    });
    t.equal(bundle.entry.length, 1);
    t.equal(partOf(answer.body, 'issues'), undefined);
  }
  t.equal(await count('Observation'), 0);
  t.equal(await count('QuestionnaireResponse'), 0);
});

t.test('what was extracted can be sent, and is updated when extracted again', async (t) => {
  await server.send('PUT', '/QuestionnaireResponse/r', { body: responseOf({ id: 'r' }) });
  const first = await server.send('GET', '/QuestionnaireResponse/r/$extract');
  t.equal(first.status, 200);
  t.match(partOf(first.body, 'return').entry[0].resource.derivedFrom, [
    { reference: 'QuestionnaireResponse/r' },
  ]);
  const sent = await server.send('POST', '', { body: partOf(first.body, 'return') });
  t.equal(sent.status, 200);
  t.equal(await count('Observation'), 1);

  const again = await server.send('POST', '/QuestionnaireResponse/r/$extract');
  const [entry] = partOf(again.body, 'return').entry;
  t.equal(entry.request.method, 'PUT');
  t.equal(entry.request.url, `Observation/${entry.resource.id}`);
  t.equal((await server.send('POST', '', { body: partOf(again.body, 'return') })).status, 200);
  t.equal(await count('Observation'), 1);
});

t.test('the form may come along, be contained, or be referred to', async (t) => {
  const other = { ...form, id: 'other', url: 'http://example.org/Questionnaire/other' };
  const answers = responseOf({ questionnaire: other.url });
  const unknown = await server.send('POST', '/QuestionnaireResponse/$extract', { body: answers });
  t.equal(unknown.status, 404);
  t.same(keysOf(unknown.body), ['not-found']);

  const given = { name: 'questionnaire-response', resource: answers };
  const ways = [
    parameters(given, { name: 'questionnaire', resource: other }),
    parameters(given, { name: 'questionnaire', valueUri: `${form.url}|2` }),
    parameters(given, { name: 'questionnaire', valueCanonical: form.url }),
    parameters(given, { name: 'questionnaire', valueReference: { reference: 'Questionnaire/weight' } }),
    responseOf({ questionnaire: '#other', contained: [other] }),
  ];
  for (const body of ways) {
    const answer = await server.send('POST', '/QuestionnaireResponse/$extract', { body });
    t.equal(answer.status, 200, answer.text);
    t.match(partOf(answer.body, 'return')?.entry[0].resource, observation);
  }
  const wrong = parameters(given, { name: 'questionnaire', resource: { resourceType: 'Patient' } });
  const refused = await server.send('POST', '/QuestionnaireResponse/$extract', { body: wrong });
  t.equal(refused.status, 400);
  t.same(keysOf(refused.body), ['invalid-parameter']);
});

t.test('where there is nothing to extract, the issues say why', async (t) => {
  const cases = [
    [{ status: 'in-progress' }, 'extract-incomplete'],
    [{ item: undefined }, 'extract-nothing'],
  ] as const;
  for (const [change, key] of cases) {
    const answer = await server.send('POST', '/QuestionnaireResponse/$extract', { body: responseOf(change) });
    t.equal(answer.status, 200);
    t.equal(partOf(answer.body, 'return'), undefined);
    t.equal(partOf(answer.body, 'issues').issue[0].details.coding[0].code, key);
  }
});

t.test('what is no valid response is refused', async (t) => {
  const cases: [body: object | undefined, status: number][] = [
    [responseOf({ item: [{ answer: [{ valueDecimal: 71.5 }] }] }), 422],
    [responseOf({ status: 'perhaps' }), 422],
    [responseOf({ questionnaire: undefined }), 422],
    [parameters({ name: 'questionnaire-response', resource: { resourceType: 'Patient' } }), 400],
    [parameters({ name: 'questionnaire', valueUri: form.url }), 400],
  ];
  for (const [body, status] of cases) {
    const answer = await server.send('POST', '/QuestionnaireResponse/$extract', { body });
    t.equal(answer.status, status, JSON.stringify(body));
    t.notOk(answer.text.includes('71.5'), 'an answer is never quoted');
  }
  t.equal((await server.send('GET', '/QuestionnaireResponse/none/$extract')).status, 404);
});

t.test('expressions of a form take a bounded time', async (t) => {
  const greedy = '1.repeat($this + 1).count().toString()';
  const body = parameters(
    { name: 'questionnaire-response', resource: responseOf() },
    {
      name: 'questionnaire',
      resource: {
        ...form,
        contained: [
          {
            resourceType: 'Patient',
            id: 'pat',
            _birthDate: { extension: [{ url: `${sdc}templateExtractValue`, valueString: greedy }] },
          },
        ],
        extension: [
          {
            url: `${sdc}templateExtract`,
            extension: [{ url: 'template', valueReference: { reference: '#pat' } }],
          },
        ],
      },
    },
  );
  const answer = await server.send('POST', '/QuestionnaireResponse/$extract', { body });
  t.equal(answer.status, 200, answer.text);
  const keys = partOf(answer.body, 'issues')?.issue.map(
    (issue: { details: { coding: { code: string }[] } }) => issue.details.coding[0]?.code,
  );
  t.same(keys, ['extract-expression']);
});
