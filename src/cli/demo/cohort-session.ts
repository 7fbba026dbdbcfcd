/** One medicine session of the simulated cohort: its dose, its vital signs, what went wrong in it. */
import { addDays } from './add-days.ts';
import { events, heartRate, pressure, saturation, severeRise } from './cohort-parameters.ts';
import type {
  Day,
  DeviationDescription,
  EventDescription,
  MedicineDescription,
  PatientDescription,
  ProtocolName,
  Vitals,
} from './course-description.ts';
import type { Random } from './random.ts';
import { schedules } from './schedules.ts';

export interface SessionPlace {
  readonly protocol: ProtocolName;
  readonly patient: PatientDescription;
  readonly start: Day;
  /** From 0. */
  readonly session: number;
}

export function describeSession(
  random: Random,
  { protocol, patient, start, session }: SessionPlace,
): MedicineDescription {
  const { steps, dose, sessions } = schedules[protocol];
  let after = 0;
  for (let earlier = 0; earlier < session; earlier++) after += steps[earlier % steps.length]!;
  const day = addDays(start, after);
  const happened = eventsOf(random, day, sessions);
  const severe = random.chance(severeRise.share);
  return {
    day,
    milligrams: dose(patient.kilograms, session),
    vitals: vitalsOf(random, severe),
    ...(severe ? { deviations: [alertAnswered] } : {}),
    ...(protocol === 'infusion-only'
      ? {}
      : { integration: { day: addDays(day, 1 + Math.floor(random.uniform() * 2)) } }),
    ...(happened.length > 0 ? { events: happened } : {}),
  };
}

/** A frequency over the course, spread evenly over its sessions. */
function eventsOf(random: Random, day: Day, sessions: number): EventDescription[] {
  return events
    .filter(({ share }) => random.chance(1 - (1 - share) ** (1 / sessions)))
    .map(({ code, display, severity, serious }) => ({
      code,
      display,
      severity,
      minutesAfterDose: 10 + Math.floor(random.uniform() * 40),
      ...(serious
        ? {
            serious,
            review: { day: addDays(day, 1), words: 'Examined, no lasting harm; may go on with care.' },
          }
        : {}),
    }));
}

const alertAnswered: DeviationDescription = {
  rule: 'R09',
  when: 'at-peak',
  detail: 'The pressure rose by more than the limit that asks for an answer.',
  action: 'Examined, no complaint; taken every ten minutes until it had fallen; kept until then.',
};

function vitalsOf(random: Random, severe: boolean): MedicineDescription['vitals'] {
  const round = (value: number) => Math.round(value);
  const systolic = random.normal(pressure.systolic);
  const diastolic = random.normal(pressure.diastolic);
  const rise = random.normal(severe ? severeRise.systolicRise : pressure.systolicRise);
  const diastolicRise = random.normal(pressure.diastolicRise);
  const rate = random.normal(heartRate);
  /** @param part of the rise that there is at this point */
  const at = (part: number): Vitals => ({
    systolic: round(systolic + part * rise),
    diastolic: round(diastolic + part * diastolicRise),
    heartRate: round(rate + 10 * part),
    saturation: round(random.normal(saturation)),
  });
  return { baseline: at(0), during: at(0.8), peak: at(1), 'pre-discharge': at(0.1) };
}
