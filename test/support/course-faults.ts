/** Faults of a course, each with the rules that it touches by its meaning. */
import { at, type CourseResources, concept } from './course.ts';
import { snomed } from './whole-course.ts';

const minute = 60_000;
const day = 1440 * minute;

export interface CourseFault {
  readonly name: string;
  /** The rules that it touches, and no other. */
  readonly breaks: readonly string[];
  /** What a recorded deviation of the first of them has to name. */
  readonly resource: (n: number, sessions: number) => string;
  /** Whether it needs a session after the one it strikes. */
  readonly before?: boolean;
  /** @param n number of the medicine session that it strikes */
  readonly apply: (all: CourseResources, n: number, sessions: number) => void;
}

const first = () => 'Procedure/medicine-1';
const struck = (n: number) => `Procedure/medicine-${n}`;
const dose = (n: number) => `MedicationAdministration/dose-${n}`;
const startOf = (all: CourseResources, n: number) => Date.parse(all.get(struck(n)).performedPeriod.start);

/** A fact of the patient that comes to the record. */
const fact = (resourceType: string, more: (start: number) => object) => (all: CourseResources) => {
  const patient = { reference: 'Patient/pat' };
  const subject = resourceType === 'AllergyIntolerance' ? { patient } : { subject: patient };
  all.set(`${resourceType}/fact`, { resourceType, id: 'fact', ...subject, ...more(startOf(all, 1)) });
};
const ended = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'resolved' }],
};

export const courseFaults: readonly CourseFault[] = [
  {
    name: 'no eligibility decision',
    breaks: ['R01'],
    resource: first,
    apply: (all) => all.delete('Observation/decision'),
  },
  { name: 'no consent', breaks: ['R02'], resource: first, apply: (all) => all.delete('Consent/consent') },
  {
    name: 'preparation cancelled',
    breaks: ['R03'],
    resource: first,
    apply: (all) => {
      all.get('Procedure/preparation-1').status = 'not-done';
    },
  },
  {
    name: 'one session more than planned',
    breaks: ['R04'],
    resource: (_, sessions) => struck(sessions),
    apply: (all, _, sessions) => {
      all.get('CarePlan/plan').extension[0].valuePositiveInt = sessions - 1;
    },
  },
  {
    name: 'the last session not integrated',
    breaks: ['R05'],
    resource: (_, sessions) => struck(sessions),
    apply: (all, _, sessions) => all.delete(`Procedure/integration-${sessions}`),
  },
  {
    name: 'the integration between two sessions cancelled',
    breaks: ['R06', 'R05'],
    resource: (n) => struck(n + 1),
    before: true,
    apply: (all, n) => {
      all.get(`Procedure/integration-${n}`).status = 'not-done';
    },
  },
  {
    name: 'a medicine phase of 100 minutes',
    breaks: ['R07'],
    resource: struck,
    apply: (all, n) => {
      const { valuePeriod } = all.get(struck(n)).extension[1];
      valuePeriod.end = at(Date.parse(valuePeriod.start) + 100 * minute);
    },
  },
  {
    name: 'no pulse before discharge',
    breaks: ['R08'],
    resource: struck,
    apply: (all, n) => all.delete(`Observation/pulse-${n}-pre-discharge`),
  },
  {
    name: 'a pressure that asks for a decision',
    breaks: ['R09'],
    resource: dose,
    apply: (all, n) => {
      all.get(`Observation/pressure-${n}-baseline`).component[0].valueQuantity.value = 145;
    },
  },
  {
    name: 'no medical monitor',
    breaks: ['R10'],
    resource: struck,
    apply: (all, n) => all.get(struck(n)).performer.pop(),
  },
  {
    name: 'a dose twenty times too large',
    breaks: ['R11', 'R15'],
    resource: dose,
    apply: (all, n) => {
      all.get(dose(n)).dosage.dose.value *= 20;
    },
  },
  {
    name: 'a patient sent home too soon',
    breaks: ['R12', 'R07'],
    resource: struck,
    apply: (all, n) => {
      const end = at(startOf(all, n) + 100 * minute);
      all.get(struck(n)).performedPeriod.end = end;
      all.get(`Encounter/visit-medicine-${n}`).period.end = end;
    },
  },
  {
    name: 'no record of readiness to leave',
    breaks: ['R13'],
    resource: struck,
    apply: (all, n) => all.delete(`Observation/readiness-${n}`),
  },
  {
    name: 'a criterion of discharge not met',
    breaks: ['R13'],
    resource: struck,
    apply: (all, n) => {
      all.get(`Observation/readiness-${n}`).component[7].valueBoolean = false;
    },
  },
  {
    name: 'suicide risk not assessed',
    breaks: ['R14'],
    resource: struck,
    apply: (all, n) => all.delete(`Observation/risk-${n}`),
  },
  {
    name: 'a high suicide risk without action',
    breaks: ['R14'],
    resource: struck,
    apply: (all, n) => {
      all.get(`Observation/risk-${n}`).valueCodeableConcept = concept('kat-suicide-risk', 'high');
    },
  },
  {
    name: 'an order that is on hold',
    breaks: ['R15'],
    resource: dose,
    apply: (all) => {
      all.get('MedicationRequest/order').status = 'on-hold';
    },
  },
  {
    name: 'a psychotic disorder',
    breaks: ['R16'],
    resource: struck,
    apply: fact('Condition', () => ({ code: snomed('69322001') })),
  },
  {
    name: 'a condition that calls for care',
    breaks: ['R16'],
    resource: struck,
    apply: fact('Condition', () => ({ code: snomed('38341003') })),
  },
  {
    name: 'a cerebral haemorrhage long ago',
    breaks: ['R16'],
    resource: struck,
    apply: fact('Condition', (start) => ({
      code: snomed('274100004'),
      clinicalStatus: ended,
      onsetDateTime: at(start - 3000 * day),
      abatementDateTime: at(start - 2900 * day),
    })),
  },
  {
    name: 'a myocardial infarction five weeks ago',
    breaks: ['R16'],
    resource: first,
    apply: fact('Condition', (start) => ({
      code: snomed('22298006'),
      clinicalStatus: ended,
      onsetDateTime: at(start - 35 * day),
    })),
  },
  {
    name: 'an allergy to ketamine',
    breaks: ['R16'],
    resource: struck,
    apply: fact('AllergyIntolerance', () => ({ code: snomed('373464007') })),
  },
  {
    name: 'a benzodiazepine taken',
    breaks: ['R16'],
    resource: struck,
    apply: fact('MedicationStatement', () => ({
      status: 'active',
      medicationCodeableConcept: concept('kat-interaction', 'benzodiazepine'),
    })),
  },
  {
    name: 'a benzodiazepine ordered',
    breaks: ['R16'],
    resource: struck,
    apply: fact('MedicationRequest', () => ({
      ...{ status: 'active', intent: 'order' },
      medicationCodeableConcept: concept('kat-interaction', 'benzodiazepine'),
    })),
  },
  {
    name: 'a positive pregnancy test',
    breaks: ['R16'],
    resource: struck,
    apply: (all, n) => {
      all.get(`Observation/pregnancy-${n}`).valueCodeableConcept = snomed('77386006');
    },
  },
  {
    name: 'a number left out',
    breaks: ['R17'],
    resource: (_, sessions) => struck(sessions),
    apply: (all, _, sessions) => {
      all.get(struck(sessions)).extension[0].valuePositiveInt = sessions + 1;
    },
  },
  {
    name: 'a number given twice',
    breaks: ['R17', 'R06'],
    resource: (n) => struck(n + 1),
    before: true,
    apply: (all, n) => {
      all.get(struck(n + 1)).extension[0].valuePositiveInt = n;
    },
  },
  {
    name: 'no score before the first session',
    breaks: ['R18'],
    resource: first,
    apply: (all) => all.delete('Observation/score-baseline'),
  },
  {
    name: 'no score after the last session',
    breaks: ['R18'],
    resource: (_, sessions) => struck(sessions),
    apply: (all) => all.delete('Observation/score-end'),
  },
  {
    name: 'suicidal thoughts that nobody follows up',
    breaks: ['R18'],
    resource: () => 'QuestionnaireResponse/fact',
    apply: fact('QuestionnaireResponse', (start) => ({
      status: 'completed',
      authored: at(start),
      item: [{ linkId: 'nine', answer: [{ valueInteger: 1 }] }],
    })),
  },
  {
    name: 'a dose of another patient',
    breaks: ['R19'],
    resource: dose,
    apply: (all, n) => {
      all.get(dose(n)).subject = { reference: 'Patient/other' };
    },
  },
  {
    name: 'a dose before the medicine phase',
    breaks: ['R19'],
    resource: dose,
    apply: (all, n) => {
      const { valuePeriod } = all.get(struck(n)).extension[1];
      valuePeriod.start = at(Date.parse(valuePeriod.start) + 5 * minute);
    },
  },
  {
    name: 'an observation of another visit',
    breaks: ['R19'],
    resource: (n) => `Observation/risk-${n}`,
    apply: (all, n) => {
      all.get(`Observation/risk-${n}`).encounter = { reference: 'Encounter/visit-preparation-1' };
    },
  },
  {
    name: 'a serious event that nobody reviewed',
    breaks: ['R20'],
    resource: () => struck(2),
    apply: (all) => all.delete('Task/review'),
  },
  {
    name: 'a serious event recorded after eight days',
    breaks: ['R20'],
    resource: () => 'AdverseEvent/event',
    apply: (all) => {
      const event = all.get('AdverseEvent/event');
      event.recordedDate = at(Date.parse(event.date) + 8 * day);
    },
  },
  {
    name: 'no pregnancy test',
    breaks: ['R21'],
    resource: struck,
    apply: (all, _, sessions) => {
      for (let n = 1; n <= sessions; n++) all.delete(`Observation/pregnancy-${n}`);
    },
  },
  {
    name: 'a note without its label',
    breaks: ['R22'],
    resource: () => 'DocumentReference/note',
    apply: (all) => {
      all.get('DocumentReference/note').meta.security = [];
    },
  },
];
