/** What a request gives an operation, by a definition that has a parameter of every kind. */
import type { OperationDefinition } from '@medplum/fhirtypes';
import t from 'tap';
import { FhirError } from '../../src/core/fhir-error.ts';
import { givenValue, givenValues, readParameters } from '../../src/operations/read-parameters.ts';
import { parametersResult } from '../../src/operations/write-parameters.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());

const definition: OperationDefinition = {
  resourceType: 'OperationDefinition',
  name: 'Try',
  status: 'draft',
  kind: 'operation',
  code: 'try',
  system: true,
  type: false,
  instance: false,
  parameter: [
    { name: 'subject', use: 'in', min: 0, max: '1', type: 'Reference' },
    { name: 'setting', use: 'in', min: 0, max: '2', type: 'CodeableConcept' },
    { name: 'rule', use: 'in', min: 0, max: '*', type: 'code' },
    { name: 'at', use: 'in', min: 0, max: '1', type: 'dateTime' },
    { name: 'most', use: 'in', min: 0, max: '1', type: 'positiveInt' },
    { name: 'strict', use: 'in', min: 0, max: '1', type: 'boolean' },
    { name: 'response', use: 'in', min: 0, max: '1', type: 'QuestionnaireResponse' },
    {
      name: 'range',
      use: 'in',
      min: 0,
      max: '2',
      part: [
        { name: 'low', use: 'in', min: 1, max: '1', type: 'decimal' },
        { name: 'high', use: 'in', min: 0, max: '1', type: 'decimal' },
      ],
    },
    {
      name: 'result',
      use: 'out',
      min: 0,
      max: '*',
      part: [
        { name: 'score', use: 'out', min: 1, max: '1', type: 'integer' },
        { name: 'evidence', use: 'out', min: 0, max: '*', type: 'Resource' },
      ],
    },
  ],
};

interface Asked {
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: unknown;
  readonly handling?: 'strict' | 'lenient';
  readonly takesSearch?: boolean;
}

function read({ query = [], body, handling = 'strict', takesSearch = false }: Asked) {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const submitted = { query, text, locator: undefined };
  return readParameters(server.services, { handling }, definition, submitted, takesSearch);
}

function parameters(...parameter: object[]) {
  return { resourceType: 'Parameters', parameter };
}

/** Key and expression of the first issue of the refusal, which must be 400. */
async function refusal(asked: Asked): Promise<(string | undefined)[]> {
  try {
    await read(asked);
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    t.equal(error.status, 400);
    return [error.issues[0]!.key, error.issues[0]!.expression];
  }
  return ['accepted'];
}

t.test('a query gives values of the types of the definition', async (t) => {
  const { parameters } = await read({
    query: [
      ['rule', 'kat-ms-1'],
      ['most', '3'],
      ['strict', 'true'],
      ['rule', 'kat-ms-2'],
      ['at', '2026-06-01T10:00:00 02:00'],
      ['subject', 'Patient/a'],
      ['setting', 'http://example.org/places|ward'],
      ['setting', 'At home'],
    ],
  });
  t.same(givenValues(parameters, 'rule'), ['kat-ms-1', 'kat-ms-2']);
  t.equal(givenValue(parameters, 'most'), 3);
  t.equal(givenValue(parameters, 'strict'), true);
  t.equal(givenValue(parameters, 'at'), '2026-06-01T10:00:00+02:00');
  t.same(givenValue(parameters, 'subject'), { reference: 'Patient/a' });
  t.same(givenValues(parameters, 'setting'), [
    { coding: [{ system: 'http://example.org/places', code: 'ward' }] },
    { text: 'At home' },
  ]);
  t.equal(givenValue(parameters, 'response'), undefined);
});

t.test('a body gives them too, whichever kind of text or number the client took them for', async (t) => {
  const { parameters: given } = await read({
    body: parameters(
      { name: 'rule', valueString: 'kat-ms-1' },
      { name: 'most', valueInteger: 3 },
      { name: 'subject', valueReference: { reference: 'Patient/a' } },
      {
        name: 'range',
        part: [
          { name: 'low', valueDecimal: 1.5 },
          { name: 'high', valueDecimal: 2 },
        ],
      },
    ),
    query: [['rule', 'kat-ms-2']],
  });
  t.same(givenValues(given, 'rule'), ['kat-ms-1', 'kat-ms-2'], 'and the query adds to it');
  t.equal(givenValue(given, 'most'), 3);
  t.same(givenValue(given, 'subject'), { reference: 'Patient/a' });
  const range = given.find(({ name }) => name === 'range')!;
  t.same([givenValue(range.parts, 'low'), givenValue(range.parts, 'high')], [1.5, 2]);
});

t.test('the one resource may be the body itself, and keeps its text', async (t) => {
  const response =
    '{"resourceType":"QuestionnaireResponse","status":"completed","item":[{"linkId":"1","answer":[{"valueDecimal":1.50}]}]}';
  for (const asked of [
    { body: response, query: [['rule', 'a']] as const },
    {
      body: `{"resourceType":"Parameters","parameter":[{"name":"rule","valueCode":"a"},{"name":"response","resource":${response}}]}`,
    },
  ]) {
    const { parameters } = await read(asked);
    t.equal(parameters.find(({ name }) => name === 'response')?.text, response);
    t.match(givenValue(parameters, 'response'), { status: 'completed' });
    t.same(givenValues(parameters, 'rule'), ['a']);
  }
});

t.test('what the definition does not allow is refused, and says where', async (t) => {
  const at = (n: number, rest = '') => `Parameters.parameter[${n}]${rest}`;
  const cases: [Asked, (string | undefined)[]][] = [
    [{ query: [['nonsense', '1']] }, ['unknown-parameter', at(0)]],
    [{ query: [['response', 'QuestionnaireResponse/a']] }, ['invalid-parameter', undefined]],
    [
      {
        query: [
          ['most', '1'],
          ['most', '2'],
        ],
      },
      ['invalid-parameter', undefined],
    ],
    [{ query: [['most', '0']] }, ['format', at(0, '.value')]],
    [{ query: [['strict', 'maybe']] }, ['json-type', at(0, '.value')]],
    [{ body: parameters({ name: 'rule' }) }, ['invalid-parameter', at(0)]],
    [{ body: parameters({ name: 'rule', valueInteger: 1 }) }, ['invalid-parameter', at(0)]],
    [
      { body: parameters({ name: 'rule', valueCode: 'a' }, { name: 'at', valueDateTime: 'now' }) },
      ['format', at(1, '.value')],
    ],
    [{ body: parameters({ name: 'range', part: [] }) }, ['invalid-parameter', at(0)]],
    [
      { body: parameters({ name: 'range', part: [{ name: 'middle', valueDecimal: 1 }] }) },
      ['unknown-parameter', at(0, '.part[0]')],
    ],
    [
      { body: parameters({ name: 'response', resource: { resourceType: 'Patient' } }) },
      ['invalid-parameter', at(0)],
    ],
    [{ body: { resourceType: 'Patient' } }, ['type-mismatch', undefined]],
    [{ body: parameters({ valueCode: 'a' }) }, ['malformed-request', at(0)]],
    [{ body: [] }, ['malformed-request', undefined]],
  ];
  for (const [asked, expected] of cases) t.same(await refusal(asked), expected, JSON.stringify(asked));
});

t.test('what is not known is ignored and told when the client is lenient', async (t) => {
  const { parameters, issues } = await read({ query: [['nonsense', '1']], handling: 'lenient' });
  t.same(parameters, []);
  t.match(issues, [{ severity: 'warning', key: 'unknown-parameter' }]);
});

t.test('what is not known may belong to a search', async (t) => {
  const { parameters: given, search } = await read({
    query: [
      ['code', 'a|b'],
      ['most', '2'],
    ],
    body: parameters({ name: 'patient', valueString: 'Patient/a' }),
    takesSearch: true,
  });
  t.same(
    given.map(({ name }) => name),
    ['most'],
  );
  t.same(search, [
    ['code', 'a|b'],
    ['patient', 'Patient/a'],
  ]);
});

t.test('an answer has the types of the definition, and resources as they are', async (t) => {
  const { status, body } = parametersResult(definition, [
    {
      name: 'result',
      parts: [
        { name: 'score', value: 7 },
        { name: 'evidence', resource: '{"resourceType":"Basic","id":"a"}' },
      ],
    },
  ]);
  t.equal(status, 200);
  t.same(JSON.parse(String(body)), {
    resourceType: 'Parameters',
    parameter: [
      {
        name: 'result',
        part: [
          { name: 'score', valueInteger: 7 },
          { name: 'evidence', resource: { resourceType: 'Basic', id: 'a' } },
        ],
      },
    ],
  });
  t.throws(() => parametersResult(definition, [{ name: 'nonsense', value: 1 }]));
});
