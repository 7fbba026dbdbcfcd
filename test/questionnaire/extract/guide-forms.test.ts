/** What the guide's forms give when they are extracted: resources that keep the guide's profiles. */
import t, { type Test } from 'tap';
import { createExpressionCompiler } from '../../../src/fhirpath/create-expression-compiler.ts';
import { extract } from '../../../src/questionnaire/extract/extract.ts';
import { jsonFiles } from '../../support/guide-files.ts';
import { registry as openRegistry } from '../../support/registry.ts';
import { validator } from '../../validator/parts.ts';

const registry = openRegistry();
const { model } = registry;
const compile = createExpressionCompiler(model);
const base = 'https://w3id.org/kat-fhir';

// biome-ignore lint/suspicious/noExplicitAny: resources of many shapes are looked into
type Loose = any;

/** What a completed response gives; the response itself must be valid. */
function extracted(t: Test, id: string, item: object[]): Loose[] {
  const form = jsonFiles('profiles/questionnaires').find(({ resource }) => resource.id === id)!.resource;
  const response = {
    resourceType: 'QuestionnaireResponse',
    id: 'r1',
    questionnaire: `${base}/Questionnaire/${id}`,
    status: 'completed',
    partOf: [{ reference: 'Procedure/session' }],
    subject: { reference: 'Patient/p' },
    encounter: { reference: 'Encounter/e' },
    authored: '2026-03-01T10:00:00Z',
    author: { reference: 'Practitioner/a' },
    item,
  };
  const notable = (resource: unknown): string[] =>
    validator
      .validate(resource)
      .filter(({ severity }) => severity === 'error')
      .map(({ key, expression, text }) => `${key} ${expression} ${text}`);
  t.same(notable(response), [], 'the response is valid');
  let serial = 0;
  const { resource, issues } = extract(form, response, {
    model,
    compile,
    newId: () => `00000000-0000-4000-8000-${String(++serial).padStart(12, '0')}`,
    typeOf: (profile) => registry.structure(profile)?.type,
  });
  t.same(issues, []);
  t.same(notable(resource), [], 'what was extracted is valid');
  return ((resource?.entry ?? []) as Loose[]).map((entry) => entry.resource);
}

const claims = (resource: Loose): string[] =>
  (resource.meta?.profile ?? []).map((profile: string) => profile.split('/').at(-1));
const quantity = (value: number, code: string) => ({
  valueQuantity: { value, unit: code, system: 'http://unitsofmeasure.org', code },
});
const coding = (system: string, code: string, display: string) => ({
  valueCoding: { system: `${base}/CodeSystem/${system}`, code, display },
});
const one = (linkId: string, answer: object) => ({ linkId, answer: [answer] });

t.test('monitoring gives vital signs and ratings at their points of the session', async (t) => {
  const measurement = (point: object, time: string, item: object[]) => ({
    linkId: 'measurement',
    item: [one('point', point), one('time', { valueDateTime: time }), ...item],
  });
  const pressure = (systolic: number, diastolic: number) => ({
    linkId: 'blood-pressure',
    item: [one('systolic', quantity(systolic, 'mm[Hg]')), one('diastolic', quantity(diastolic, 'mm[Hg]'))],
  });
  const criteria = [
    'bp-acceptable',
    'hr-spo2-acceptable',
    'oriented-alert',
    'dissociation-resolved',
    'ambulates',
    'nausea-controlled',
    'no-new-suicidal-intent',
    'escort-present',
    'instructions-given',
  ];
  const baseline = coding('kat-monitoring-point', 'baseline', 'Baseline');
  const peak = coding('kat-monitoring-point', 'peak', 'Peak');
  const made = extracted(t, 'kat-session-monitoring', [
    measurement(baseline, '2026-03-01T09:00:00Z', [
      pressure(122, 78),
      one('heart-rate', quantity(70, '/min')),
    ]),
    measurement(peak, '2026-03-01T09:40:00Z', [
      pressure(138, 86),
      one('oxygen-saturation', quantity(97, '%')),
      one('respiratory-rate', quantity(14, '/min')),
      one('sedation', coding('kat-observer-rating', 'mild', 'Mild')),
      one('moaa-s', { valueInteger: 4 }),
    ]),
    {
      linkId: 'leaving',
      item: [
        ...criteria.map((linkId) => one(linkId, { valueBoolean: true })),
        one('left-at', { valueDateTime: '2026-03-01T11:30:00Z' }),
      ],
    },
  ]);
  t.same(made.flatMap(claims), [
    'kat-session-blood-pressure',
    'kat-session-heart-rate',
    'kat-session-blood-pressure',
    'kat-session-oxygen-saturation',
    'kat-session-respiratory-rate',
    'kat-sedation-dissociation',
    'kat-sedation-dissociation',
    'kat-discharge-readiness',
  ]);
  t.match(made[2], {
    extension: [
      {
        url: `${base}/StructureDefinition/kat-monitoring-point`,
        valueCodeableConcept: { coding: [peak.valueCoding] },
      },
    ],
    effectiveDateTime: '2026-03-01T09:40:00Z',
    partOf: [{ reference: 'Procedure/session' }],
    component: [{ valueQuantity: { value: 138 } }, { valueQuantity: { value: 86 } }],
  });
  t.match(made.at(-1), { valueBoolean: true, effectiveDateTime: '2026-03-01T11:30:00Z' });
  t.equal(made.at(-1).component.length, 9);
});

t.test('screening gives the decision with the result of each domain', async (t) => {
  const domains = [
    'cardiovascular',
    'psychosis-history',
    'substance-use',
    'psychiatric-background',
    'medications',
    'readiness',
  ];
  const clear = coding('kat-domain-result', 'clear', 'Clear');
  const made = extracted(t, 'kat-screening', [
    ...domains.map((linkId) => ({ linkId, item: [one(`${linkId}-result`, clear)] })),
    { linkId: 'decision', item: [one('eligibility', coding('kat-eligibility', 'eligible', 'Eligible'))] },
  ]);
  t.equal(made.length, 1);
  t.same(claims(made[0]), ['kat-eligibility-decision']);
  t.same(
    made[0].component.map((component: Loose) => component.code.coding[0].code),
    domains,
  );
  t.notOk('note' in made[0]);
});

t.test('an unwanted effect becomes an adverse event', async (t) => {
  const areas = [
    'senses',
    'mind',
    'suicidality',
    'circulation',
    'breathing',
    'stomach',
    'skin-or-site',
    'bladder',
  ];
  const answers = [...areas, 'memory', 'craving'].map((linkId) =>
    one(linkId, { valueBoolean: linkId === 'stomach' }),
  );
  const hl7 = (system: string, code: string, display: string) => ({
    valueCoding: { system: `http://terminology.hl7.org/CodeSystem/adverse-event-${system}`, code, display },
  });
  const made = extracted(t, 'kat-adverse-event-check', [
    one('occasion', coding('kat-monitoring-point', 'pre-discharge', 'Before discharge')),
    { linkId: 'areas', item: answers },
    {
      linkId: 'event',
      item: [
        one('what', {
          valueCoding: { system: 'http://snomed.info/sct', code: '422587007', display: 'Nausea' },
        }),
        one('severity', hl7('severity', 'mild', 'Mild')),
        one('serious', { valueBoolean: false }),
        one('outcome', hl7('outcome', 'resolved', 'Resolved')),
      ],
    },
  ]);
  t.match(made, [
    {
      resourceType: 'AdverseEvent',
      event: { coding: [{ code: '422587007' }] },
      date: '2026-03-01T10:00:00Z',
      seriousness: { coding: [{ code: 'non-serious' }] },
      suspectEntity: [{ instance: { reference: 'Procedure/session' } }],
    },
  ]);
});

t.test("an intention becomes a goal in the patient's own words", async (t) => {
  const made = extracted(t, 'kat-intention-setting', [one('intention', { valueString: 'To let go' })]);
  t.match(made, [
    {
      resourceType: 'Goal',
      lifecycleStatus: 'active',
      description: { text: 'To let go' },
      subject: { reference: 'Patient/p' },
      startDate: '2026-03-01',
    },
  ]);
  t.same(claims(made[0]), ['kat-goal']);
});
