/** What was watched and told in a medicine session: vital signs, sedation, experience, readiness to leave. */
import type { Observation } from '@medplum/fhirtypes';
import { base, extension, hl7, local, quantity, systems } from './concepts.ts';
import type { CourseContext } from './course-context.ts';
import type { MedicineDescription, Vitals } from './course-description.ts';
import { type SessionNames, times } from './session-day.ts';

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

/** In the order of the form. */
const phenomena = [
  'altered-perception',
  'visual-change',
  'auditory-change',
  'time-distortion',
  'derealization',
  'depersonalization',
  'ego-dissolution',
  'emotional-breakthrough',
  'insight',
  'autobiographical-memory',
  'mystical-quality',
  'challenging-experience',
];

export function addVitals(
  context: CourseContext,
  vitals: Vitals,
  point: keyof MedicineDescription['vitals'],
  time: string,
  names: SessionNames,
): void {
  const vital = (
    ownProfile: string,
    r4Profile: string,
    rest: Pick<Observation, 'code'> & Partial<Observation>,
  ) =>
    context.add(`${names.session}-${ownProfile}-${point}`, {
      resourceType: 'Observation',
      ...(context.therapy
        ? context.claim(ownProfile)
        : { meta: { profile: [`http://hl7.org/fhir/StructureDefinition/${r4Profile}`] } }),
      extension: [
        extension('monitoring-point', { valueCodeableConcept: local('kat-monitoring-point', point) }),
      ],
      partOf: [context.refer(names.session)],
      status: 'final',
      category: [hl7('observation-category', 'vital-signs', 'Vital Signs')],
      subject: context.subject,
      encounter: context.refer(names.visit),
      effectiveDateTime: time,
      performer: [context.person('monitor')],
      ...rest,
    });
  const loinc = (...codes: string[]) => ({ coding: codes.map((code) => ({ system: systems.loinc, code })) });
  const interpretation = (high: boolean) => [
    high
      ? hl7('v3-ObservationInterpretation', 'H', 'High')
      : hl7('v3-ObservationInterpretation', 'N', 'Normal'),
  ];
  const { systolic, diastolic, heartRate, saturation } = vitals;
  vital('session-blood-pressure', 'bp', {
    code: loinc('85354-9'),
    interpretation: interpretation(systolic >= 140 || diastolic >= 90),
    component: [
      { code: loinc('8480-6'), valueQuantity: quantity(systolic, 'mmHg', 'mm[Hg]') },
      { code: loinc('8462-4'), valueQuantity: quantity(diastolic, 'mmHg', 'mm[Hg]') },
    ],
  });
  vital('session-heart-rate', 'heartrate', {
    code: loinc('8867-4'),
    valueQuantity: quantity(heartRate, '/min'),
  });
  vital('session-oxygen-saturation', 'oxygensat', {
    code: loinc('2708-6', '59408-5'),
    valueQuantity: quantity(saturation, '%'),
    interpretation: interpretation(false),
  });
  if (point !== 'baseline') return;
  vital('session-respiratory-rate', 'resprate', {
    code: loinc('9279-1'),
    valueQuantity: quantity(14, '/min'),
  });
  vital('session-weight', 'bodyweight', {
    code: loinc('29463-7'),
    valueQuantity: quantity(context.description.patient.kilograms, 'kg'),
  });
}

/** Sedation by its scale at the peak, dissociation by an observer over the time it lasted. */
export function addSedation(context: CourseContext, { day }: MedicineDescription, names: SessionNames): void {
  const { phaseMinutes } = context.protocol;
  const observed = (code: string, rest: Partial<Observation>) =>
    context.add(`${names.session}-${code}`, {
      resourceType: 'Observation',
      ...context.claim('sedation-dissociation'),
      extension: [
        extension('monitoring-point', { valueCodeableConcept: local('kat-monitoring-point', 'peak') }),
      ],
      partOf: [context.refer(names.session)],
      status: 'final',
      category: [hl7('observation-category', 'exam', 'Exam')],
      code: local('kat-observation', code),
      subject: context.subject,
      encounter: context.refer(names.visit),
      performer: [context.person('monitor')],
      ...rest,
    });
  observed('moaa-s', {
    effectiveDateTime: context.at(day, times.dose, 40),
    valueQuantity: quantity(4, '{score}'),
  });
  observed('dissociation-observer', {
    effectivePeriod: {
      start: context.at(day, times.dose, 10),
      end: context.at(day, times.dose, phaseMinutes),
    },
    valueCodeableConcept: local('kat-observer-rating', 'moderate'),
  });
}

export function addExperience(
  context: CourseContext,
  { day, experience }: MedicineDescription,
  names: SessionNames,
): void {
  if (!experience) return;
  context.add(`${names.session}-experience`, {
    resourceType: 'Observation',
    meta: {
      ...context.claim('subjective-experience').meta,
      security: [{ system: systems.act, code: 'PSY' }],
    },
    partOf: [context.refer(names.session)],
    status: 'final',
    category: [hl7('observation-category', 'therapy', 'Therapy')],
    code: local('kat-observation', 'experience'),
    subject: context.subject,
    encounter: context.refer(names.visit),
    effectiveDateTime: context.at(day, times.dose, 120),
    performer: [context.subject],
    valueString: experience.words,
    derivedFrom: [addAnswers(context, experience, day, names)],
    component: Object.entries(experience.intensity).map(([code, value]) => ({
      code: local('kat-experience', code),
      valueInteger: value,
    })),
  });
}

/** What the patient filled in after the session. */
function addAnswers(
  context: CourseContext,
  { words, intensity }: NonNullable<MedicineDescription['experience']>,
  day: string,
  names: SessionNames,
) {
  return context.add(`${names.session}-answers`, {
    resourceType: 'QuestionnaireResponse',
    meta: { security: [{ system: systems.act, code: 'PSY' }] },
    partOf: [context.refer(names.session)],
    questionnaire: `${base}/Questionnaire/kat-post-session-experience`,
    status: 'completed',
    subject: context.subject,
    encounter: context.refer(names.visit),
    authored: context.at(day, times.dose, 120),
    author: context.subject,
    source: context.subject,
    item: [
      {
        linkId: 'experience',
        item: phenomena
          .filter((linkId) => linkId in intensity)
          .map((linkId) => ({ linkId, answer: [{ valueInteger: intensity[linkId]! }] })),
      },
      { linkId: 'own-words', answer: [{ valueString: words }] },
    ],
  });
}

export function addReadiness(
  context: CourseContext,
  { day }: MedicineDescription,
  names: SessionNames,
): void {
  context.add(`${names.session}-readiness`, {
    resourceType: 'Observation',
    ...context.claim('discharge-readiness'),
    partOf: [context.refer(names.session)],
    status: 'final',
    category: [hl7('observation-category', 'exam', 'Exam')],
    code: local('kat-observation', 'discharge-readiness'),
    subject: context.subject,
    encounter: context.refer(names.visit),
    effectiveDateTime: context.at(day, times.leaving),
    performer: [context.person('monitor')],
    valueBoolean: true,
    component: criteria.map((code) => ({ code: local('kat-discharge-criterion', code), valueBoolean: true })),
  });
}
