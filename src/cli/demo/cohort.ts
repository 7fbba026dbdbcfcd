/** A cohort of simulated courses: who comes, what is given, how the scores go, who leaves. Same seed, same cohort. */
import { addDays } from './add-days.ts';
import {
  type Arm,
  ageInYears,
  arms,
  baselineScore,
  dropOut,
  excludedShare,
  fallAtEnd,
  fallRate,
  indicationShares,
  kilograms,
  noise,
  protocolShares,
} from './cohort-parameters.ts';
import { describeSession } from './cohort-session.ts';
import type {
  CourseDescription,
  Day,
  IndicationName,
  MedicineDescription,
  PatientDescription,
  ProtocolName,
  ScoreDescription,
  StatusReason,
} from './course-description.ts';
import { instruments } from './instruments.ts';
import { indications } from './protocols.ts';
import { createRandom, type Random } from './random.ts';
import { schedules } from './schedules.ts';

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
  const lost = left.reason === 'lost-to-follow-up';
  const medicine = Array.from({ length: left.sessions }, (_, session) =>
    describeSession(random, { protocol, patient, start: addDays(screened, 14), session }),
  ).map((one, index) => (lost && index === left.sessions - 1 ? notSeenAgain(one) : one));
  const preparations = Array.from({ length: schedule.preparations }, (_, talk) =>
    addDays(screened, 4 + 3 * talk),
  );
  const followed = trajectory(random, { arm, indication, baseline, medicine, planned: schedule.sessions });
  const end = followed.at(-1)!.day;
  const scores = lost ? [...followed.slice(0, -1), { day: end }] : followed;
  const last = scores.findLast(({ total }) => total !== undefined);
  return {
    ...described,
    screening: { day: screened, decision: 'eligible', note: 'Nothing stands against it.' },
    course: {
      consented: addDays(screened, 2),
      planned: schedule.sessions,
      preparations,
      medicine,
      end: {
        day: end,
        ...(left.reason ? { reason: left.reason } : {}),
        outcome: last
          ? `Last score: ${last.total}, before the first dose ${baseline}`
          : `No score after the first dose, before it ${baseline}`,
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

/** Who is lost to follow-up does not come to the last integration. */
function notSeenAgain({ integration, ...session }: MedicineDescription): MedicineDescription {
  return integration
    ? { ...session, integration: { ...integration, notDone: 'lost-to-follow-up' } }
    : session;
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
