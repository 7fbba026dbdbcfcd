/** R08: vital signs at baseline, during the medicine phase and before discharge; a recent weight where it counts. */
import { extensionOf, extensions } from '../codes.ts';
import type { Course } from '../course.ts';
import { type Dose, dosesOf } from '../doses.ts';
import type { ProtocolRule, RuleContext, Verdict } from '../rule.ts';
import { minutesOf } from '../rule-parameters.ts';
import { isSessionOf, type Session } from '../session.ts';
import { minute } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';
import { type Reading, readingsOf, type VitalSign, vitalSigns, weightBefore } from '../vital-signs.ts';

const signs = Object.keys(vitalSigns) as VitalSign[];
const duringPoints: ReadonlySet<string | undefined> = new Set(['during', 'peak']);

export const vitals: ProtocolRule = {
  key: 'R08',
  on: ['Procedure', 'MedicationAdministration'],
  concerns: isSessionOf('medicine'),
  async check(course, context) {
    const medicine = (await course.sessions()).filter(({ kind, begun }) => kind === 'medicine' && begun);
    const verdicts: Verdict[] = [];
    for (const session of medicine) {
      const [first, ...others] = await dosesOf(session, course);
      if (first?.start === undefined) continue;
      verdicts.push(
        ...(await pointsOf(session, first, first.start, course, context)),
        ...(await weightFor(session, [first, ...others], first.start, course, context)),
      );
    }
    return verdicts.length > 0 ? verdicts : [verdict('not-yet', 'No dose has been given in a session')];
  },
};

/** A moment of the session at which every vital sign is taken. */
interface Point {
  readonly when: string;
  readonly fits: (reading: Reading) => boolean;
  /** Details of the verdict while readings may still come; absent: they are late, if missing. */
  readonly awaited: Pick<Verdict, 'parameter' | 'due'> | undefined;
  readonly severity: Verdict['severity'];
  /** Details of a breach. */
  readonly details: Pick<Verdict, 'parameter'>;
  readonly resources: readonly string[];
}

async function pointsOf(
  session: Session,
  dose: Dose,
  start: number,
  course: Course,
  { parameters, now }: RuleContext,
): Promise<Verdict[]> {
  const stated = statedBy('R08', parameters);
  const window = stated('baseline-window', minutesOf);
  const from = stated('during-from', minutesOf);
  const target = stated('during-target', minutesOf);
  const to = stated('during-to', minutesOf);
  if (!window || !from || !target || !to)
    return [notStated('baseline-window', 'during-from', 'during-target', 'during-to')];
  const { completed, reference } = session;
  const latest = start + to.value * minute;
  const points: readonly Point[] = [
    {
      when: 'shortly before the dose',
      fits: ({ point, time = 0 }: Reading) =>
        point === 'baseline' && time <= start && time >= start - window.value * minute,
      awaited: undefined,
      severity: completed ? 'error' : 'warning',
      details: { parameter: window.parameter },
      resources: [reference, dose.reference],
    },
    {
      when: 'during the medicine phase',
      fits: ({ point, time = 0 }: Reading) =>
        duringPoints.has(point) && time >= start + from.value * minute && time <= latest,
      awaited: !completed && now <= latest ? { parameter: target.parameter, due: latest } : undefined,
      severity: 'warning',
      details: { parameter: to.parameter },
      resources: [reference],
    },
    {
      when: 'before discharge',
      fits: ({ point, time = 0 }: Reading) => point === 'pre-discharge' && time >= start,
      awaited: completed ? undefined : {},
      severity: 'error',
      details: {},
      resources: [reference],
    },
  ];
  const readings = await Promise.all(signs.map((sign) => readingsOf(session, sign, course)));
  return points.map(({ when, fits, awaited, severity, details, resources }) => {
    const found = readings.map((taken) => taken.find(fits));
    const missing = signs.filter((_, at) => found[at] === undefined);
    const evidence = found.flatMap((reading) => reading?.reference ?? []);
    if (missing.length === 0)
      return verdict('pass', `Vital signs were taken ${when}`, resources, { evidence });
    const list = missing.join(', ');
    return awaited
      ? verdict('not-yet', `Still to be taken ${when}: ${list}`, resources, { evidence, ...awaited })
      : verdict('fail', `Not taken ${when}: ${list}`, resources, {
          ...{ severity, evidence, ...details },
          satisfy:
            'Readings that are part of the session, with the monitoring point of that moment, taken within its time',
        });
  });
}

/** A weight matters where the dose goes by weight: into a vein, or stated by weight. */
async function weightFor(
  session: Session,
  doses: readonly Dose[],
  start: number,
  course: Course,
  { parameters }: RuleContext,
): Promise<Verdict[]> {
  const byWeight = doses.some(
    ({ route, administration }) =>
      route === 'iv' || extensionOf(administration.dosage, extensions.dosePerWeight) !== undefined,
  );
  if (!byWeight) return [];
  const age = statedBy('R08', parameters)('weight-max-age', minutesOf);
  if (!age) return [notStated('weight-max-age')];
  const weight = await weightBefore({ time: start, zone: session.zone }, course);
  const recent = weight !== undefined && start - weight.latest <= age.value * minute;
  const evidence = weight ? [weight.reference] : [];
  const resources = [session.reference, ...doses.map(({ reference }) => reference)];
  return [
    recent
      ? verdict('pass', 'The weight is recent', resources, { evidence })
      : verdict('fail', 'No recent weight for a dose by weight', resources, {
          severity: 'warning',
          evidence,
          parameter: age.parameter,
          satisfy: 'A weight taken before the dose within this time',
        }),
  ];
}
