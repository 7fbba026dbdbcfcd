/** Forms filled with what is known already. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Resource } from '../../../src/fhir/resource.ts';
import { createExpressionCompiler } from '../../../src/fhirpath/create-expression-compiler.ts';
import { type Populated, populate } from '../../../src/questionnaire/populate/populate.ts';
import type { Json, PopulateInput } from '../../../src/questionnaire/populate/population.ts';
import { jsonFiles } from '../../support/guide-files.ts';
import { registry } from '../../support/registry.ts';
import { errors } from '../../validator/parts.ts';

const compile = createExpressionCompiler(registry().model);
const now = Date.parse('2026-03-01T12:00:00Z');
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';
const patient: Resource = {
  resourceType: 'Patient',
  id: 'p',
  birthDate: '1980-02-03',
  gender: 'female',
  name: [{ family: 'Example', given: ['Ann'] }],
};
const subject = { reference: 'Patient/p' };

// biome-ignore lint/suspicious/noExplicitAny: responses of many shapes are looked into
type Loose = any;

/** A server that answers these queries, and remembers what it was asked. */
function server(answers: Readonly<Record<string, readonly object[]>> = {}) {
  const asked: string[] = [];
  const run = (form: Json, input: PopulateInput = { subject, contexts: { patient } }): Promise<Populated> =>
    populate(
      form,
      input,
      {
        read: async (reference) => (reference === 'Patient/p' ? patient : undefined),
        async search(query) {
          asked.push(query);
          const [, found] =
            Object.entries(answers).find(([part]) => decodeURIComponent(query).includes(part)) ?? [];
          const entry = (found ?? []).map((resource) => ({ resource, search: { mode: 'match' } }));
          return { resourceType: 'Bundle', type: 'searchset', entry };
        },
      },
      { compile, now },
    );
  return { asked, run };
}

const expression = (id: string, text: string, more: object = {}) => ({
  url: `${sdc}${id}`,
  valueExpression: { language: 'text/fhirpath', expression: text, ...more },
});
const answersOf = ({ response }: Populated): unknown[] =>
  ((response.item ?? []) as Loose[]).map(({ linkId, answer }) => [linkId, answer]);

t.test('an expression fills an item with the answer of its type', async (t) => {
  const choice = {
    linkId: 'gender',
    type: 'choice',
    answerOption: [
      { valueCoding: { system: 'urn:g', code: 'male' } },
      { valueCoding: { system: 'urn:g', code: 'female' } },
    ],
    extension: [expression('initialExpression', '%patient.gender')],
  };
  const form = {
    url: 'urn:form',
    version: '2',
    item: [
      { linkId: 'born', type: 'date', extension: [expression('initialExpression', '%patient.birthDate')] },
      {
        linkId: 'name',
        type: 'string',
        extension: [expression('initialExpression', '%patient.name.family')],
      },
      choice,
      { linkId: 'today', type: 'date', extension: [expression('initialExpression', 'today()')] },
      { linkId: 'who', type: 'reference', extension: [expression('initialExpression', '%patient')] },
      {
        linkId: 'empty',
        type: 'string',
        extension: [expression('initialExpression', '%patient.maritalStatus.text')],
      },
    ],
  };
  const populated = await server().run(form);
  t.same(populated.issues, []);
  t.match(populated.response, {
    resourceType: 'QuestionnaireResponse',
    questionnaire: 'urn:form|2',
    status: 'in-progress',
    subject,
  });
  t.same(answersOf(populated), [
    ['born', [{ valueDate: '1980-02-03' }]],
    ['name', [{ valueString: 'Example' }]],
    ['gender', [{ valueCoding: { system: 'urn:g', code: 'female' } }]],
    ['today', [{ valueDate: '2026-03-01' }]],
    ['who', [{ valueReference: { reference: 'Patient/p' } }]],
  ]);
});

t.test('the newest Observation of the code within the period gives the answer', async (t) => {
  const form = jsonFiles('profiles/questionnaires').find(
    ({ resource }) => resource.id === 'kat-session-readiness',
  )!.resource;
  const quantity = (value: number, code: string) => ({ value, system: 'http://unitsofmeasure.org', code });
  const coded = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });
  const pressure = {
    resourceType: 'Observation',
    code: coded('85354-9'),
    component: [
      { code: coded('8480-6'), valueQuantity: quantity(128, 'mm[Hg]') },
      { code: coded('8462-4'), valueQuantity: quantity(79, 'mm[Hg]') },
    ],
  };
  const { asked, run } = server({
    '8480-6': [pressure],
    '8462-4': [pressure],
    '29463-7': [{ resourceType: 'Observation', code: coded('29463-7'), valueQuantity: quantity(70, 'kg') }],
    '44261-6': [
      { resourceType: 'Observation', code: coded('44261-6'), valueQuantity: quantity(14, '{score}') },
    ],
    QuestionnaireResponse: [
      {
        resourceType: 'QuestionnaireResponse',
        item: [{ linkId: 'intention', answer: [{ valueString: 'To let go' }] }],
      },
    ],
  });
  const { response, issues } = await run(form);
  t.same(issues, []);
  const found = new Map<string, unknown>();
  const collect = (items: Loose[] = []): void => {
    for (const { linkId, answer, item } of items) {
      if (answer) found.set(linkId, answer[0]);
      collect(item);
    }
  };
  collect(response.item as Loose[]);
  t.match(Object.fromEntries(found), {
    systolic: { valueQuantity: quantity(128, 'mm[Hg]') },
    diastolic: { valueQuantity: quantity(79, 'mm[Hg]') },
    weight: { valueQuantity: quantity(70, 'kg') },
    'phq-9-latest': { valueDecimal: 14 },
    intention: { valueString: 'To let go' },
  });
  t.same(errors(response), []);
  const weight = new URLSearchParams(asked.find((query) => query.includes('29463-7'))!.split('?')[1]);
  t.same(Object.fromEntries(weight), {
    subject: 'Patient/p',
    'combo-code': 'http://loinc.org|29463-7',
    date: 'ge2026-01-30T12:00:00.000Z',
    status: 'final,amended,corrected',
    _sort: '-date',
    _count: '1',
  });
});

t.test('an Observation in another unit than the number is asked for in is left out', async (t) => {
  const form = {
    item: [
      {
        linkId: 'w',
        type: 'decimal',
        code: [{ system: 'urn:x', code: 'w' }],
        extension: [
          { url: `${sdc}observationLinkPeriod`, valueDuration: { value: 1, code: 'mo' } },
          {
            url: 'http://hl7.org/fhir/StructureDefinition/questionnaire-unit',
            valueCoding: { system: 'http://unitsofmeasure.org', code: 'kg' },
          },
        ],
      },
    ],
  };
  const observation = (code: string) => ({
    resourceType: 'Observation',
    code: { coding: [{ system: 'urn:x', code: 'w' }] },
    valueQuantity: { value: 70, system: 'http://unitsofmeasure.org', code },
  });
  t.same(answersOf(await server({ 'urn:x': [observation('kg')] }).run(form)), [
    ['w', [{ valueDecimal: 70 }]],
  ]);
  t.same(answersOf(await server({ 'urn:x': [observation('[lb_av]')] }).run(form)), []);
});

t.test('a group that repeats is filled once for each resource of its context', async (t) => {
  const form = {
    item: [
      {
        linkId: 'c',
        type: 'group',
        repeats: true,
        extension: [
          expression('itemPopulationContext', 'Condition?patient={{%patient.id}}', {
            name: 'condition',
            language: 'application/x-fhir-query',
          }),
        ],
        item: [
          {
            linkId: 'n',
            type: 'string',
            extension: [expression('initialExpression', '%condition.code.text')],
          },
        ],
      },
    ],
  };
  const conditions = ['one', 'two'].map((text) => ({ resourceType: 'Condition', code: { text } }));
  const { asked, run } = server({ Condition: conditions });
  const { response } = await run(form);
  t.same(asked, ['Condition?patient=p']);
  t.match(response.item, [
    { linkId: 'c', item: [{ answer: [{ valueString: 'one' }] }] },
    { linkId: 'c', item: [{ answer: [{ valueString: 'two' }] }] },
  ]);
});

t.test('a query whose expressions have no value is not asked, nor one that leads elsewhere', async (t) => {
  const asking = (text: string) => ({
    item: [
      {
        linkId: 'q',
        type: 'string',
        extension: [expression('initialExpression', text, { language: 'application/x-fhir-query' })],
      },
    ],
  });
  const { asked, run } = server();
  t.same((await run(asking('Condition?patient={{%patient.maritalStatus.text}}'))).issues, []);
  t.match((await run(asking('https://elsewhere.example/Patient?name=x'))).issues, [
    { key: 'populate-query' },
  ]);
  t.match((await run(asking('../admin'))).issues, [{ key: 'populate-query' }]);
  t.same(asked, []);
});

t.test('the subject is the patient of the form when no patient is given', async (t) => {
  const launch = {
    url: `${sdc}launchContext`,
    extension: [
      { url: 'name', valueCoding: { code: 'patient' } },
      { url: 'type', valueCode: 'Patient' },
    ],
  };
  const form = {
    extension: [launch],
    item: [{ linkId: 'b', type: 'date', extension: [expression('initialExpression', '%patient.birthDate')] }],
  };
  const populated = await server().run(form, { subject });
  t.same(answersOf(populated), [['b', [{ valueDate: '1980-02-03' }]]]);
  const nobody = await server().run(form, {});
  t.match(nobody, { issues: [{ key: 'populate-context' }] });
  t.same(answersOf(nobody), []);
});

t.test('without anything known an item begins as the form says, unless it is disabled', async (t) => {
  const form = {
    item: [
      { linkId: 'a', type: 'boolean', initial: [{ valueBoolean: false }] },
      {
        linkId: 'b',
        type: 'string',
        initial: [{ valueString: 'x' }],
        enableWhen: [{ question: 'a', operator: '=', answerBoolean: true }],
      },
      {
        linkId: 'c',
        type: 'choice',
        answerOption: [{ valueString: 'm' }, { valueString: 'n', initialSelected: true }],
      },
    ],
  };
  t.same(answersOf(await server().run(form)), [
    ['a', [{ valueBoolean: false }]],
    ['c', [{ valueString: 'n' }]],
  ]);
});

t.test('what the form calculates is calculated from what is filled in', async (t) => {
  const calculated = (linkId: string, text: string, more: object = {}) => ({
    linkId,
    type: 'integer',
    extension: [expression('calculatedExpression', text)],
    ...more,
  });
  const n = "%resource.repeat(item).where(linkId = 'n').answer.value.sum()";
  const form = {
    item: [
      // It needs the one after it, so one round is not enough.
      calculated('twice', "%resource.item.where(linkId = 'sum').answer.value * 2"),
      { linkId: 'n', type: 'integer', initial: [{ valueInteger: 4 }] },
      calculated('sum', `${n} + %plus`, { text: 'Sum' }),
      {
        linkId: 'g',
        type: 'group',
        item: [calculated('inner', n), calculated('nothing', '{}'), calculated('wrong', 'what (')],
      },
      {
        linkId: 'high',
        type: 'string',
        initial: [{ valueString: 'x' }],
        enableWhen: [{ question: 'twice', operator: '>', answerInteger: 9 }],
      },
      {
        linkId: 'low',
        type: 'string',
        initial: [{ valueString: 'x' }],
        extension: [
          expression('enableWhenExpression', "%resource.item.where(linkId = 'twice').answer.value < 9"),
        ],
      },
    ],
    extension: [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/variable',
        valueExpression: { name: 'plus', language: 'text/fhirpath', expression: '1' },
      },
    ],
  };
  const { response, issues } = await server().run(form);
  t.same(response.item, [
    { linkId: 'twice', answer: [{ valueInteger: 10 }] },
    { linkId: 'n', answer: [{ valueInteger: 4 }] },
    { linkId: 'sum', text: 'Sum', answer: [{ valueInteger: 5 }] },
    { linkId: 'g', item: [{ linkId: 'inner', answer: [{ valueInteger: 4 }] }] },
    { linkId: 'high', answer: [{ valueString: 'x' }] },
  ]);
  t.match(issues, [{ key: 'populate-expression', expression: 'Questionnaire.item[3].item[2]' }]);
  t.equal(issues.length, 1);
});

t.test('calculations that chase each other come to an end', async (t) => {
  const form = {
    item: [
      {
        linkId: 'a',
        type: 'integer',
        extension: [
          expression('calculatedExpression', '%resource.item.answer.value.aggregate($this + $total, 1)'),
        ],
      },
    ],
  };
  t.match(answersOf(await server().run(form)), [['a', [{ valueInteger: Number }]]]);
});

t.test('the context of the form as a whole, and of a question that repeats', async (t) => {
  const context = (name: string, text: string) => expression('itemPopulationContext', text, { name });
  const form = {
    extension: [context('home', '%patient.name.where(use.empty())')],
    item: [
      { linkId: 'f', type: 'string', extension: [expression('initialExpression', '%home.family')] },
      {
        linkId: 'given',
        type: 'string',
        repeats: true,
        extension: [context('one', '%home.given'), expression('initialExpression', '%one')],
      },
    ],
  };
  const two: Resource = { ...patient, name: [{ family: 'Example', given: ['Ann', 'Bea'] }] };
  const encounter: Resource = { resourceType: 'Encounter', id: 'e' };
  const populated = await server().run(form, { subject, contexts: { patient: two, encounter } });
  t.same(answersOf(populated), [
    ['f', [{ valueString: 'Example' }]],
    ['given', [{ valueString: 'Ann' }, { valueString: 'Bea' }]],
  ]);
  t.match(populated.response, { encounter: { reference: 'Encounter/e' } });
});

t.test('an expression that fails is said, and the rest is filled', async (t) => {
  const form = {
    item: [
      { linkId: 'a', type: 'string', extension: [expression('initialExpression', 'what (')] },
      { linkId: 'b', type: 'date', extension: [expression('initialExpression', 'today()')] },
    ],
  };
  const populated = await server().run(form);
  t.match(populated.issues, [{ key: 'populate-expression', expression: 'Questionnaire.item[0]' }]);
  t.same(answersOf(populated), [['b', [{ valueDate: '2026-03-01' }]]]);
});

t.test('the example of the specification is filled from its launch contexts', async (t) => {
  const file = new URL(
    '../../../node_modules/hl7.fhir.uv.sdc/example/Questionnaire-questionnaire-sdc-test-fhirpath-prepop-initialexpression.json',
    import.meta.url,
  );
  const form = JSON.parse(readFileSync(file, 'utf8')) as Json;
  const user: Resource = {
    resourceType: 'Practitioner',
    id: 'u',
    name: [{ family: 'Doc', given: ['Dora'] }],
  };
  const { response } = await server().run(form, { subject, contexts: { patient, user } });
  const text = JSON.stringify(response);
  for (const known of [
    '"valueString":"Example"',
    '"valueString":"Ann"',
    '"valueDate":"1980-02-03"',
    '2026-03-01',
  ])
    t.match(text, known);
  t.same(errors(response), []);
});
