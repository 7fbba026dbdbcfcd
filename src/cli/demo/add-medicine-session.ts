/** A medicine session: visit, risk, dose, what was watched, what was experienced, and leaving. */
import type { Procedure } from '@medplum/fhirtypes';
import { addExperience, addReadiness, addSedation, addVitals } from './add-observations.ts';
import { pointsToDanger } from './add-score.ts';
import {
  ambulatory,
  extension,
  hl7,
  homeward,
  local,
  profile,
  quantity,
  snomed,
  systems,
} from './concepts.ts';
import type { CourseContext } from './course-context.ts';
import type { MedicineDescription } from './course-description.ts';
import type { Link } from './entries.ts';
import { namesOf, type SessionNames, times } from './session-day.ts';

const watched: readonly { readonly point: keyof MedicineDescription['vitals']; readonly minutes: number }[] =
  [
    { point: 'baseline', minutes: -15 },
    { point: 'during', minutes: 20 },
    { point: 'peak', minutes: 40 },
    { point: 'pre-discharge', minutes: 130 },
  ];
export function addMedicineSession(
  context: CourseContext,
  medicine: MedicineDescription,
  number: number,
): void {
  const names = namesOf(number);
  addVisit(context, medicine, names);
  addProcedure(context, medicine, number, names);
  addRisk(context, medicine, names);
  addPregnancyTest(context, medicine, names);
  addDose(context, medicine, names);
  const points = medicine.notGiven ? watched.slice(0, 1) : watched;
  for (const { point, minutes } of points) {
    addVitals(context, medicine.vitals[point], point, context.at(medicine.day, times.dose, minutes), names);
  }
  if (medicine.notGiven) return;
  addSedation(context, medicine, names);
  addExperience(context, medicine, names);
  addReadiness(context, medicine, names);
}

function addVisit(context: CourseContext, { day }: MedicineDescription, names: SessionNames): void {
  context.add(names.visit, {
    resourceType: 'Encounter',
    ...context.claim('session-encounter'),
    status: 'finished',
    class: ambulatory,
    type: [local('kat-session-type', 'medicine')],
    subject: context.subject,
    ...(context.therapy ? { basedOn: [context.refer(names.request)] } : {}),
    participant: [
      { individual: context.person(context.companion) },
      { individual: context.person('monitor') },
    ].slice(context.therapy ? 0 : 1),
    period: context.period(day, times.arrival, times.end),
    reasonReference: [context.refer('indication')],
    hospitalization: homeward,
    serviceProvider: context.refer('clinic'),
  });
}

function addProcedure(
  context: CourseContext,
  medicine: MedicineDescription,
  number: number,
  names: SessionNames,
): void {
  const { day, notGiven, waiver, events, note } = medicine;
  const { protocol, therapy, refer } = context;
  const phase = {
    start: context.at(day, times.dose),
    end: context.at(day, times.dose, protocol.phaseMinutes),
  };
  const session: Procedure = {
    resourceType: 'Procedure',
    ...context.claim('medicine-session'),
    extension: [
      extension('session-number', { valuePositiveInt: number }),
      ...(notGiven
        ? []
        : [
            extension('medicine-phase', { valuePeriod: phase }),
            extension('medicine-phase-duration', {
              valueDuration: quantity(protocol.phaseMinutes, 'minutes', 'min'),
            }),
          ]),
      ...(waiver
        ? [
            {
              ...extension('waiver', {}),
              extension: [
                { url: 'rule', valueCode: waiver.rule },
                { url: 'reason', valueString: waiver.reason },
                { url: 'author', valueReference: context.person('therapist') },
                { url: 'date', valueDate: day },
              ],
            },
          ]
        : []),
    ],
    ...(therapy ? { basedOn: [refer(names.request)] } : {}),
    partOf: [refer('course')],
    status: notGiven ? 'not-done' : 'completed',
    ...(notGiven ? { statusReason: local('kat-status-reason', notGiven) } : {}),
    category: local('kat-phase', 'medicine'),
    code: {
      coding: [
        ...(local('kat-session-type', 'medicine').coding ?? []),
        ...(protocol.procedure?.coding ?? []),
      ],
    },
    subject: context.subject,
    encounter: refer(names.visit),
    performedPeriod: context.period(day, times.arrival, times.end),
    performer: (therapy ? (['therapist', 'monitor'] as const) : (['monitor'] as const)).map((who) =>
      context.performer(who),
    ),
    ...(events ? { complication: events.map(({ code, display }) => snomed(code, display)) } : {}),
    ...(note === undefined ? {} : { note: [{ text: note }] }),
  };
  context.add(names.session, session);
}

function addRisk(context: CourseContext, medicine: MedicineDescription, names: SessionNames): void {
  const lastScore = scoreBefore(context, medicine.day);
  const { level, action } =
    medicine.suicideRisk ??
    (lastScore?.danger ? thoughtsOnly : { level: 'none-found', action: 'Nothing to be done today.' });
  context.add(`${names.session}-risk`, {
    resourceType: 'Observation',
    meta: { profile: [profile('suicide-risk')] },
    status: 'final',
    category: [hl7('observation-category', 'survey', 'Survey')],
    code: { coding: [{ system: systems.loinc, code: '93374-7' }] },
    subject: context.subject,
    encounter: context.refer(names.visit),
    effectiveDateTime: context.at(medicine.day, times.risk),
    performer: [context.person(context.companion)],
    valueCodeableConcept: local('kat-suicide-risk', level),
    note: [{ text: action }],
    ...(lastScore ? { derivedFrom: [lastScore.reference] } : {}),
  });
}

const thoughtsOnly = { level: 'low', action: 'Thoughts without intent or plan; safety plan gone through.' };

/** The interview starts from the last PHQ-9, which asks for thoughts of death. */
function scoreBefore(
  context: CourseContext,
  day: string,
): { readonly reference: Link; readonly danger: boolean } | undefined {
  if (context.indication.instrument !== 'phq-9') return undefined;
  const { scores } = context.description;
  const last = scores.findLastIndex((score) => score.day < day && score.total !== undefined);
  if (last < 0) return undefined;
  return { reference: context.refer(`score-${last + 1}`), danger: pointsToDanger(context, scores[last]!) };
}

/** For women of an age to bear children; what is not known by then is tested on the day. */
function addPregnancyTest(context: CourseContext, { day }: MedicineDescription, names: SessionNames): void {
  const { gender, birthDate } = context.description.patient;
  const birthdayToCome = day.slice(5) < birthDate.slice(5);
  const age = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (birthdayToCome ? 1 : 0);
  if (gender !== 'female' || age > 55) return;
  context.add(`${names.session}-pregnancy-test`, {
    resourceType: 'Observation',
    status: 'final',
    code: snomed('167252002', 'Urine pregnancy test'),
    subject: context.subject,
    encounter: context.refer(names.visit),
    effectiveDateTime: context.at(day, times.risk),
    performer: [context.person('monitor')],
    valueCodeableConcept: snomed('250425007', 'Pregnancy test negative'),
  });
}

function addDose(context: CourseContext, medicine: MedicineDescription, names: SessionNames): void {
  const { day, milligrams, notGiven } = medicine;
  const { protocol, refer } = context;
  const start = context.at(day, times.dose);
  const { kilograms } = context.description.patient;
  context.add(`${names.session}-dose`, {
    resourceType: 'MedicationAdministration',
    ...context.claim('medicine-administration'),
    extension: [
      extension('dose-intent', { valueCodeableConcept: local('kat-dose-intent', protocol.intent) }),
    ],
    partOf: [refer(names.session)],
    status: notGiven ? 'not-done' : 'completed',
    ...(notGiven ? { statusReason: [local('kat-status-reason', notGiven)] } : {}),
    medicationCodeableConcept: protocol.medicine,
    subject: context.subject,
    context: refer(names.visit),
    ...(protocol.doseMinutes && !notGiven
      ? { effectivePeriod: { start, end: context.at(day, times.dose, protocol.doseMinutes) } }
      : { effectiveDateTime: start }),
    performer: [context.performer('monitor')],
    request: refer(names.order),
    ...(notGiven
      ? {}
      : {
          dosage: {
            ...(protocol.byWeight
              ? {
                  extension: [
                    extension('dose-per-weight', {
                      valueQuantity: quantity(Math.round((milligrams / kilograms) * 100) / 100, 'mg/kg'),
                    }),
                  ],
                }
              : {}),
            route: protocol.route,
            dose: quantity(milligrams, 'mg'),
            ...(protocol.order === 'iv'
              ? { rateQuantity: quantity(milligrams / protocol.doseMinutes, 'mg/min') }
              : {}),
          },
        }),
  });
}
