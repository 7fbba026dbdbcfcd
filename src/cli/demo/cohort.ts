/** A cohort of simulated courses: who comes, what is given, how the scores go, who leaves. Same seed, same cohort. */
import {
  type Arm,
  ageInYears,
  arms,
  baselineScore,
  dropOut,
  events,
  excludedShare,
  fallAtEnd,
  fallRate,
  heartRate,
  indicationShares,
  kilograms,
  noise,
  pressure,
  protocolShares,
  saturation,
} from './cohort-parameters.ts';
import type {
  CourseDescription,
  Day,
  EventDescription,
  IndicationName,
  MedicineDescription,
  PatientDescription,
  ProtocolName,
  ScoreDescription,
  StatusReason,
  Vitals,
} from './course-description.ts';
import { instruments } from './instruments.ts';
import { indications } from './protocols.ts';
import { createRandom, type Random } from './random.ts';

const givenNames = {
  female: ['Amelia', 'Beatriz', 'Chloe', 'Fatima', 'Hanna', 'Mei', 'Olga', 'Rosa', 'Simone', 'Yara'],
  male: ['Ahmed', 'Bruno', 'Caleb', 'Dmitri', 'Felix', 'Kwame', 'Marco', 'Noah', 'Ravi', 'Theo'],
} as const;
const familyNames = [
  'Abara',
  'Berg',
  'Costa',
  'Dubois',
  'Eriksen',
  'Flores',
  'Greco',
  'Hughes',
  'Ito',
  'Jansen',
];

const clinic = {
  name: 'Demonstration Clinic',
  url: 'https://demo.example.org',
  zone: '-05:00',
  therapist: 'Dana Whitlock, PsyD',
  prescriber: 'Dr. Ivo Petersen',
  monitor: 'Nadia Farouk, RN',
};

interface Schedule {
  readonly sessions: number;
  readonly preparations: number;
  /** Days from one session to the next, in turn. */
  readonly steps: readonly number[];
  dose(kilograms: number, session: number): number;
}

/** As the protocols of the guide have it. */
const schedules: Readonly<Record<ProtocolName, Schedule>> = {
  'iv-6': { sessions: 6, preparations: 3, steps: [3, 4], dose: (weight) => Math.round(weight / 2) },
  'infusion-only': { sessions: 6, preparations: 0, steps: [3, 4], dose: (weight) => Math.round(weight / 2) },
  'im-escalating': {
    sessions: 5,
    preparations: 3,
    steps: [7],
    dose: (_, session) => Math.min(75, 30 + 15 * session),
  },
  sublingual: { sessions: 6, preparations: 2, steps: [7], dose: (_, session) => (session < 2 ? 100 : 150) },
  'esketamine-label': {
    sessions: 8,
    preparations: 1,
    steps: [3, 4],
    dose: (_, session) => (session < 2 ? 56 : 84),
  },
};

/** One description after the other; each patient has numbers of their own, whatever the size of the cohort. */
export function* cohort(patients: number, seed: number): Generator<CourseDescription> {
  for (let index = 1; index <= patients; index++) {
    yield describePatient(createRandom(Math.imul(seed, 1_000_003) + index), `${seed}-${index}`);
  }
}

function describePatient(random: Random, key: string): CourseDescription {
  const arm = random.share(arms);
  const indication = random.share(indicationShares);
  const protocol =
    arm === 'infusion-only' ? arm : random.share(protocolShares[indication] as Record<ProtocolName, number>);
  const patient = person(random, key);
  const screened = addDays('2025-01-06', Math.floor(random.uniform() * 60) * 7);
  const described = {
    key: `cohort-${key}`,
    protocol,
    patient,
    clinic,
    indication,
    onset: String(Number(screened.slice(0, 4)) - 1 - Math.floor(random.uniform() * 8)),
    ...(indication === 'depression' ? { failedTrials: 2 + Math.floor(random.uniform() * 3) } : {}),
  };
  const baseline = Math.round(random.normal(baselineScore[indication]));
  if (random.chance(excludedShare)) return excluded(described, screened, baseline);

  const schedule = schedules[protocol];
  const left = sessionsUntilDropOut(random, schedule.sessions);
  const medicine = Array.from({ length: left.sessions }, (_, session) =>
    describeSession(random, { protocol, patient, start: addDays(screened, 14), session }),
  );
  const preparations = Array.from({ length: schedule.preparations }, (_, talk) =>
    addDays(screened, 4 + 3 * talk),
  );
  const scores = trajectory(random, { arm, indication, baseline, medicine, planned: schedule.sessions });
  const last = scores.at(-1)!;
  return {
    ...described,
    screening: { day: screened, decision: 'eligible', note: 'Nothing stands against it.' },
    course: {
      consented: addDays(screened, 2),
      planned: schedule.sessions,
      preparations,
      medicine,
      end: {
        day: last.day,
        ...(left.reason ? { reason: left.reason } : {}),
        outcome: `Score at the end: ${last.total}, before the first dose ${baseline}`,
      },
    },
    scores: [{ day: preparations.at(-1) ?? addDays(screened, 11), total: baseline }, ...scores],
  };
}

function person(random: Random, key: string): PatientDescription {
  const gender = random.pick(['female', 'male'] as const);
  const year = 2025 - Math.round(random.normal(ageInYears));
  const monthAndDay = addDays('2025-01-01', Math.floor(random.uniform() * 365)).slice(4);
  return {
    identifier: `DEMO-${key}`,
    given: random.pick(givenNames[gender]),
    family: random.pick(familyNames),
    gender,
    birthDate: `${year}${monthAndDay}`,
    kilograms: Math.round(random.normal(kilograms)),
  };
}

type Described = Omit<CourseDescription, 'screening' | 'scores'>;

function excluded(described: Described, screened: Day, total: number): CourseDescription {
  const rationale = 'Psychosis in the history, found at screening.';
  const findings = { psychosis: 'psychosis-past' };
  return {
    ...described,
    screening: {
      day: screened,
      decision: 'not-eligible',
      note: 'Another treatment is looked for.',
      domains: { 'psychosis-history': { result: 'excluding', rationale, findings } },
    },
    scores: [{ day: screened, total }],
  };
}

function sessionsUntilDropOut(random: Random, planned: number): { sessions: number; reason?: StatusReason } {
  for (let sessions = 1; sessions < planned; sessions++) {
    if (random.chance(dropOut.share)) return { sessions, reason: random.share(dropOut.reasons) };
  }
  return { sessions: planned };
}

interface SessionPlace {
  readonly protocol: ProtocolName;
  readonly patient: PatientDescription;
  readonly start: Day;
  /** From 0. */
  readonly session: number;
}

function describeSession(
  random: Random,
  { protocol, patient, start, session }: SessionPlace,
): MedicineDescription {
  const { steps, dose, sessions } = schedules[protocol];
  let after = 0;
  for (let earlier = 0; earlier < session; earlier++) after += steps[earlier % steps.length]!;
  const day = addDays(start, after);
  const happened = eventsOf(random, day, sessions);
  return {
    day,
    milligrams: dose(patient.kilograms, session),
    vitals: vitalsOf(random),
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

function vitalsOf(random: Random): MedicineDescription['vitals'] {
  const round = (value: number) => Math.round(value);
  const systolic = random.normal(pressure.systolic);
  const diastolic = random.normal(pressure.diastolic);
  const rise = random.normal(pressure.systolicRise);
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

interface Outcome {
  readonly arm: Arm;
  readonly indication: IndicationName;
  readonly baseline: number;
  readonly medicine: readonly MedicineDescription[];
  readonly planned: number;
}

/** A score after each session: the fall approaches what it is at the end of a whole course, with noise about it. */
function trajectory(
  random: Random,
  { arm, indication, baseline, medicine, planned }: Outcome,
): ScoreDescription[] {
  const { max } = instruments[indications[indication].instrument];
  const fall = random.normal(fallAtEnd[arm]);
  return medicine.map(({ day, integration }, index) => {
    const reached = (1 - Math.exp((-fallRate * (index + 1)) / planned)) / (1 - Math.exp(-fallRate));
    const score = baseline * (1 - fall * reached) + max * random.normal(noise);
    return {
      day: integration?.day ?? addDays(day, 1),
      total: Math.min(max, Math.max(0, Math.round(score))),
    };
  });
}

function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
