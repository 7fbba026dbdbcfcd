/** Completed answers to forms of the guide, and the response that holds them. */

export const base = 'https://w3id.org/kat-fhir';

const quantity = (value: number, code: string) => ({
  valueQuantity: { value, unit: code, system: 'http://unitsofmeasure.org', code },
});
const coding = (system: string, code: string, display: string) => ({
  valueCoding: { system: `${base}/CodeSystem/${system}`, code, display },
});
export const one = (linkId: string, answer: object) => ({ linkId, answer: [answer] });

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
export const peak = coding('kat-monitoring-point', 'peak', 'Peak');
export const domains = [
  'cardiovascular',
  'psychosis-history',
  'substance-use',
  'psychiatric-background',
  'medications',
  'readiness',
];
const clear = coding('kat-domain-result', 'clear', 'Clear');
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
/** By the id of the form. */
export const guideAnswers = {
  'kat-session-monitoring': [
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
  ],
  'kat-screening': [
    ...domains.map((linkId) => ({ linkId, item: [one(`${linkId}-result`, clear)] })),
    { linkId: 'decision', item: [one('eligibility', coding('kat-eligibility', 'eligible', 'Eligible'))] },
  ],
  'kat-adverse-event-check': [
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
  ],
} satisfies Record<string, object[]>;

/** What was answered at a session. */
export function responseOf(form: string, item: object[]) {
  return {
    resourceType: 'QuestionnaireResponse',
    id: 'r1',
    questionnaire: `${base}/Questionnaire/${form}`,
    status: 'completed',
    partOf: [{ reference: 'Procedure/session' }],
    subject: { reference: 'Patient/p' },
    encounter: { reference: 'Encounter/e' },
    authored: '2026-03-01T10:00:00Z',
    author: { reference: 'Practitioner/a' },
    item,
  };
}
