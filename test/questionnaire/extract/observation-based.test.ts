/** Observations from answers, as SDC says. */
import t from 'tap';
import { createExpressionCompiler } from '../../../src/fhirpath/create-expression-compiler.ts';
import { type Extracted, extract } from '../../../src/questionnaire/extract/extract.ts';
import type { Json } from '../../../src/questionnaire/extract/extraction.ts';
import { jsonFiles } from '../../support/guide-files.ts';
import { registry } from '../../support/registry.ts';
import { errors } from '../../validator/parts.ts';

const { model } = registry();
const compile = createExpressionCompiler(model);
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-observationExtract';

// biome-ignore lint/suspicious/noExplicitAny: resources of many shapes are looked into
type Loose = any;

function extracted(form: Json, response: Json, more: object = {}): Extracted {
  let serial = 0;
  return extract(form, response, { model, compile, newId: () => `id-${++serial}`, ...more });
}
const observations = (result: Extracted): Loose[] =>
  ((result.resource?.entry ?? []) as Loose[]).map(({ resource }) => resource);

const code = (text: string) => ({ system: 'urn:x', code: text });
const flag = (value: boolean | string) => [
  { url: sdc, ...(typeof value === 'string' ? { valueCode: value } : { valueBoolean: value }) },
];
const head = {
  resourceType: 'QuestionnaireResponse',
  id: 'r1',
  status: 'completed',
  subject: { reference: 'Patient/p' },
  encounter: { reference: 'Encounter/e' },
  partOf: [{ reference: 'Procedure/s' }],
  authored: '2026-03-01T10:00:00Z',
  author: { reference: 'Practitioner/a' },
};

t.test('PHQ-9 gives its total as an outcome score of the guide', async (t) => {
  const form = jsonFiles('profiles/questionnaires').find(({ resource }) => resource.id === 'phq-9')!.resource;
  const item = [{ linkId: '/44261-6', answer: [{ valueDecimal: 12 }] }];
  const result = extracted(form, { ...head, item });
  t.same(result.issues, []);
  t.match(result.resource, {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ fullUrl: 'urn:uuid:id-1', request: { method: 'POST', url: 'Observation' } }],
  });
  const [score] = observations(result);
  t.same(score, {
    resourceType: 'Observation',
    meta: { profile: ['https://w3id.org/kat-fhir/StructureDefinition/kat-outcome-score'] },
    identifier: [{ system: 'https://w3id.org/kat-fhir/sid/extracted-answer', value: 'r1./44261-6.1' }],
    partOf: head.partOf,
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: 'survey',
            display: 'Survey',
          },
        ],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
    subject: head.subject,
    encounter: head.encounter,
    effectiveDateTime: head.authored,
    issued: head.authored,
    performer: [head.author],
    valueQuantity: { value: 12, unit: 'score', system: 'http://unitsofmeasure.org', code: '{score}' },
    interpretation: [{ text: 'moderate' }],
    derivedFrom: [{ reference: 'QuestionnaireResponse/r1' }],
  });
  t.same(errors(score), []);
});

t.test('answers become the value[x] that an Observation has for them', async (t) => {
  const unit = {
    url: 'http://hl7.org/fhir/StructureDefinition/questionnaire-unit',
    valueCoding: { system: 'http://unitsofmeasure.org', code: 'kg' },
  };
  const cases: readonly [type: string, answer: object, value: object | undefined, extension?: object[]][] = [
    ['boolean', { valueBoolean: false }, { valueBoolean: false }],
    ['integer', { valueInteger: 3 }, { valueInteger: 3 }],
    [
      'integer',
      { valueInteger: 3 },
      { valueQuantity: { value: 3, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' } },
      [unit],
    ],
    ['decimal', { valueDecimal: 3.5 }, { valueQuantity: { value: 3.5 } }],
    ['date', { valueDate: '2026-01-01' }, { valueDateTime: '2026-01-01' }],
    ['string', { valueString: 'a' }, { valueString: 'a' }],
    ['choice', { valueCoding: code('y') }, { valueCodeableConcept: { coding: [code('y')] } }],
    ['attachment', { valueAttachment: { title: 'a' } }, undefined],
  ];
  for (const [type, answer, value, extension = []] of cases) {
    const form = {
      item: [{ linkId: 'q', type, code: [code('q')], extension: [...flag(true), ...extension] }],
    };
    const result = extracted(form, { ...head, item: [{ linkId: 'q', answer: [answer] }] });
    if (value) t.match(observations(result), [value], type);
    else t.match(result, { resource: undefined, issues: [{ key: 'extract-value' }] });
  }
});

t.test('each answer of a question is an Observation of its own', async (t) => {
  const form = {
    item: [{ linkId: 'q', type: 'integer', repeats: true, code: [code('q')], extension: flag(true) }],
  };
  const answer = [{ valueInteger: 1 }, { valueInteger: 2 }];
  const values = observations(extracted(form, { ...head, item: [{ linkId: 'q', answer }] }));
  t.same(
    values.map(({ valueInteger }) => valueInteger),
    [1, 2],
  );
});

t.test('the flag goes down to what has a code, until an item says no', async (t) => {
  const question = (linkId: string, extension: object[] = []) => ({
    linkId,
    type: 'integer',
    code: [code(linkId)],
    extension,
  });
  const form = {
    extension: flag(true),
    item: [
      {
        linkId: 'g',
        type: 'group',
        item: [question('a'), question('b', flag(false)), { linkId: 'c', type: 'integer' }],
      },
    ],
  };
  const item = ['a', 'b', 'c'].map((linkId) => ({ linkId, answer: [{ valueInteger: 1 }] }));
  const made = observations(extracted(form, { ...head, item: [{ linkId: 'g', item }] }));
  t.same(
    made.map((one) => one.code.coding[0].code),
    ['a'],
  );
});

t.test('components are in the Observation of their group, members are named by it', async (t) => {
  for (const relation of ['component', 'member']) {
    const form = {
      item: [
        {
          linkId: 'bp',
          type: 'group',
          repeats: true,
          code: [code('bp')],
          extension: flag(true),
          item: ['sys', 'dia'].map((linkId) => ({
            linkId,
            type: 'integer',
            code: [code(linkId)],
            extension: flag(relation),
          })),
        },
      ],
    };
    const group = (sys: number, dia: number) => ({
      linkId: 'bp',
      item: [
        { linkId: 'sys', answer: [{ valueInteger: sys }] },
        { linkId: 'dia', answer: [{ valueInteger: dia }] },
      ],
    });
    const result = extracted(form, { ...head, item: [group(120, 80), group(130, 85)] });
    const panels = observations(result).filter((one) => one.code.coding[0].code === 'bp');
    t.equal(panels.length, 2, 'one for each repetition');
    if (relation === 'component') {
      t.equal(observations(result).length, 2);
      t.match(panels[1].component, [
        { code: { coding: [code('sys')] }, valueInteger: 130 },
        { code: { coding: [code('dia')] }, valueInteger: 85 },
      ]);
    } else {
      const urls = new Map(
        (result.resource!.entry as Loose[]).map(({ fullUrl, resource }) => [fullUrl, resource]),
      );
      const members = panels[1].hasMember.map(({ reference }: Loose) => urls.get(reference).valueInteger);
      t.same(members, [130, 85]);
    }
    t.ok(panels.every((panel) => !Object.keys(panel).some((key) => key.startsWith('value'))));
  }
});

t.test('a group whose parts have no answer gives nothing', async (t) => {
  const part = { linkId: 'a', type: 'integer', code: [code('a')], extension: flag('component') };
  const form = {
    item: [{ linkId: 'g', type: 'group', code: [code('g')], extension: flag(true), item: [part] }],
  };
  t.equal(extracted(form, { ...head, item: [{ linkId: 'g' }] }).resource, undefined);
});

t.test('what was extracted before is updated, not made again', async (t) => {
  const form = { item: [{ linkId: 'q', type: 'integer', code: [code('q')], extension: flag(true) }] };
  const response = { ...head, status: 'amended', item: [{ linkId: 'q', answer: [{ valueInteger: 2 }] }] };
  const earlier = [{ resourceType: 'Observation', id: 'o1', code: { coding: [code('q')] } }];
  t.match(extracted(form, response, { earlier }).resource, {
    entry: [{ request: { method: 'PUT', url: 'Observation/o1' }, resource: { id: 'o1', status: 'amended' } }],
  });
});

t.test('each answer changes its own Observation, also of one code, when another is taken back', async (t) => {
  const item = (linkId: string, more: object = {}) => ({
    linkId,
    type: 'integer',
    code: [code('q')],
    extension: flag(true),
    ...more,
  });
  const form = { item: [item('a'), item('a.1'), item('b', { repeats: true })] };
  const answered = (linkId: string, ...values: number[]) => ({
    linkId,
    answer: values.map((valueInteger) => ({ valueInteger })),
  });
  const given = [answered('a', 1), answered('a.1', 2), answered('b', 3, 4)];
  const stored = observations(extracted(form, { ...head, item: given })).map((resource, index) => ({
    ...resource,
    id: `o${index}`,
    identifier: [...resource.identifier, { system: 'urn:clinic', value: `${index}` }],
  }));
  t.equal(new Set(stored.map(({ identifier }) => identifier[0].value)).size, 4);
  const rest = { ...head, status: 'amended', item: [answered('a.1', 20), answered('b', 3, 4)] };
  const again = observations(extracted(form, rest, { earlier: stored.toReversed() }));
  t.same(
    again.map(({ id, status, valueInteger, identifier }) => [id, status, valueInteger, identifier[0]]),
    [
      ['o1', 'amended', 20, { system: 'urn:clinic', value: '1' }],
      ['o2', 'amended', 3, { system: 'urn:clinic', value: '2' }],
      ['o3', 'amended', 4, { system: 'urn:clinic', value: '3' }],
    ],
  );
  const unchanged = observations(extracted(form, { ...head, item: given }, { earlier: stored }));
  t.same(
    unchanged.map(({ status }) => status),
    ['final', 'final', 'final', 'final'],
    'what is extracted once more is not amended by that',
  );
});

t.test('nothing is extracted before the response is completed', async (t) => {
  const form = { item: [{ linkId: 'q', type: 'integer', code: [code('q')], extension: flag(true) }] };
  const item = [{ linkId: 'q', answer: [{ valueInteger: 2 }] }];
  const result = extracted(form, { ...head, status: 'in-progress', item });
  t.match(result, { resource: undefined, issues: [{ key: 'extract-incomplete' }] });
});

t.test(
  'the experience of a session becomes one Observation with a component for each phenomenon',
  async (t) => {
    const form = jsonFiles('profiles/questionnaires').find(
      ({ resource }) => resource.id === 'kat-post-session-experience',
    )!.resource;
    const item = [
      {
        linkId: 'experience',
        item: [
          { linkId: 'visual-change', answer: [{ valueInteger: 3 }] },
          { linkId: 'insight', answer: [{ valueInteger: 0 }] },
        ],
      },
    ];
    const made = observations(extracted(form, { ...head, item }));
    t.equal(made.length, 1);
    t.match(made[0], {
      category: [{ coding: [{ code: 'therapy' }] }],
      code: { coding: [{ code: 'experience' }] },
      component: [
        { code: { coding: [{ code: 'visual-change' }] }, valueInteger: 3 },
        { code: { coding: [{ code: 'insight' }] }, valueInteger: 0 },
      ],
    });
  },
);
