/** A course that passes every rule: that of `course.ts`, with what the later rules ask for besides. */
import {
  at,
  type CourseDescription,
  type CourseResources,
  concept,
  courseResources,
  loinc,
  quantity,
} from './course.ts';

const hour = 3_600_000;
const day = 24 * hour;
const base = 'https://w3id.org/kat-fhir';

export const snomed = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });

/** By what a dose was given: route, and medicine in RxNorm. */
export const ways = {
  iv: ['47625008', '6130'],
  im: ['78421000', '6130'],
  sublingual: ['37839007', '6130'],
  esketamine: ['46713006', '2201623'],
} as const;

export interface WholeDescription extends CourseDescription {
  readonly way?: keyof typeof ways;
}

/** The criteria of discharge, from their code system. */
const criteria = [
  ...['bp-acceptable', 'hr-spo2-acceptable', 'oriented-alert', 'dissociation-resolved', 'ambulates'],
  ...['nausea-controlled', 'no-new-suicidal-intent', 'escort-present', 'instructions-given'],
];

export function wholeCourse({ way = 'iv', ...description }: WholeDescription = {}): CourseResources {
  const all = courseResources({ status: 'completed', ...description });
  const add = (resource: Record<string, unknown>) =>
    all.set(`${resource.resourceType}/${resource.id}`, resource);
  const subject = { reference: 'Patient/pat' };
  const observation = (id: string, time: number, more: object) =>
    add({
      resourceType: 'Observation',
      id,
      ...{ status: 'final', subject, effectiveDateTime: at(time) },
      ...more,
    });
  all.get('Patient/pat').gender = 'female';

  const [route, medicine] = ways[way];
  const medicationCodeableConcept = {
    coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: medicine }],
  };
  for (const resource of all.values()) {
    if (resource.medicationCodeableConcept) resource.medicationCodeableConcept = medicationCodeableConcept;
    if (resource.dosage) resource.dosage.route = snomed(route);
    if (resource.dosageInstruction) resource.dosageInstruction[0].route = snomed(route);
  }

  const starts: number[] = [];
  for (let number = 1; all.has(`Procedure/medicine-${number}`); number++) {
    const start = Date.parse(all.get(`Procedure/medicine-${number}`).performedPeriod.start);
    starts.push(start);
    const partOf = [{ reference: `Procedure/medicine-${number}` }];
    observation(`risk-${number}`, start + hour / 12, {
      partOf,
      code: loinc('93374-7'),
      valueCodeableConcept: concept('kat-suicide-risk', 'none-found'),
    });
    observation(`pregnancy-${number}`, start - hour, {
      code: snomed('167252002'),
      valueCodeableConcept: snomed('60001007'),
    });
    observation(`readiness-${number}`, start + 2.9 * hour, {
      partOf,
      code: concept('kat-observation', 'discharge-readiness'),
      valueBoolean: true,
      component: criteria.map((code) => ({
        code: concept('kat-discharge-criterion', code),
        valueBoolean: true,
      })),
    });
  }
  const [first = 0] = starts;
  const last = starts.at(-1) ?? 0;
  for (const [id, time] of [
    ['baseline', first - 3 * day],
    ['end', last + 2 * day],
  ] as const)
    observation(`score-${id}`, time, {
      category: [
        {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'survey' }],
        },
      ],
      code: loinc('44261-6'),
      valueQuantity: quantity(12, '{score}'),
    });
  const event = {
    ...{ resourceType: 'AdverseEvent', id: 'event', actuality: 'actual', subject },
    event: snomed('419045004'),
    date: at(first + hour),
    recordedDate: at(first + 2 * hour),
  };
  add(event);
  add({
    ...{ resourceType: 'Task', id: 'review', status: 'completed', intent: 'order', for: subject },
    focus: { reference: 'AdverseEvent/event' },
    owner: { reference: 'Practitioner/paul' },
    executionPeriod: { end: at(first + day) },
  });
  const note = {
    ...{ resourceType: 'DocumentReference', id: 'note', status: 'current', subject },
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' }] },
    type: { coding: [{ system: `${base}/CodeSystem/kat-document-type`, code: 'psychotherapy-note' }] },
    content: [{ attachment: { title: 'A note' } }],
  };
  add(note);
  return all;
}
