/** R08: vital signs at baseline, during the medicine phase and before discharge; a recent weight where it counts. */
import { extensionOf, extensions } from '../codes.ts';
import type { Course } from '../course.ts';
import { type Dose, dosesOf } from '../doses.ts';
import type { ProtocolRule, RuleContext, Verdict } from '../rule.ts';
import { minutesOf } from '../rule-parameters.ts';
import type { Session } from '../session.ts';
import { minute } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';
import { type Reading, readingsOf, type VitalSign, vitalSigns, weightBefore } from '../vital-signs.ts';

const signs = Object.keys(vitalSigns) as VitalSign[];
const duringPoints: ReadonlySet<string | undefined> = new Set(['during', 'peak']);

export const vitals: ProtocolRule = {
  key: 'R08',
  on: ['Procedure', 'Observation', 'MedicationAdministration'],
  async check(course, context) {
    const medicine = (await course.sessions()).filter(({ kind, begun }) => kind === 'medicine' && begun);
    const verdicts: Verdict[] = [];
    for (const session of medicine) {
      const [first, ...others] = await dosesOf(session, course);
      if (first?.start === undefined) continue;
      verdicts.push(
        ...(await pointsOf(session, first.start, course, context)),
        ...(await weightFor(session, [first, ...others], first.start, course, context)),
      );
    }
    return verdicts.length > 0 ? verdicts : [verdict('not-yet', 'No dose has been given in a session')];
  },
};

async function pointsOf(session: Session, dose: number, course: Course, { parameters, now }: RuleContext) {
  const stated = statedBy('R08', parameters);
  const window = stated('baseline-window', minutesOf);
  const from = stated('during-from', minutesOf);
  const to = stated('during-to', minutesOf);
  if (!window || !from || !to) return [notStated('baseline-window', 'during-from', 'during-to')];
  const { completed } = session;
  const latest = dose + to.value * minute;
  const points = [
    {
      point: 'baseline',
      fits: ({ point, time = 0 }: Reading) =>
        point === 'baseline' && time <= dose && time >= dose - window.value * minute,
      awaited: false,
      severity: completed ? 'error' : 'warning',
      parameter: window.parameter,
    },
    {
      point: 'during',
      fits: ({ point, time = 0 }: Reading) =>
        duringPoints.has(point) && time >= dose + from.value * minute && time <= latest,
      awaited: !completed && now <= latest,
      severity: 'warning',
      parameter: to.parameter,
    },
    {
      point: 'pre-discharge',
      fits: ({ point, time = 0 }: Reading) => point === 'pre-discharge' && time >= dose,
      awaited: !completed,
      severity: 'error',
      parameter: undefined,
    },
  ] as const;
  const readings = await Promise.all(signs.map((sign) => readingsOf(session, sign, course)));
  return points.map(({ point, fits, awaited, severity, parameter }) => {
    const found = readings.map((taken) => taken.find(fits));
    const missing = signs.filter((_, at) => found[at] === undefined);
    const evidence = found.flatMap((reading) => reading?.reference ?? []);
    if (missing.length === 0)
      return verdict('pass', `Vital signs were taken: ${point}`, [session.reference], { evidence });
    const text = `Missing at ${point}: ${missing.join(', ')}`;
    return awaited
      ? verdict('not-yet', text, [session.reference], { evidence })
      : verdict('fail', text, [session.reference], {
          severity,
          evidence,
          ...(parameter && { parameter }),
          satisfy: 'Readings that are part of the session, with this monitoring point, within its time',
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
  const weight = await weightBefore(start, course);
  const recent = weight !== undefined && start - weight.time <= age.value * minute;
  const evidence = weight ? [weight.reference] : [];
  return [
    recent
      ? verdict('pass', 'The weight is recent', [session.reference], { evidence })
      : verdict('fail', 'No recent weight for a dose by weight', [session.reference], {
          severity: 'warning',
          evidence,
          parameter: age.parameter,
          satisfy: 'A weight taken before the dose within this time',
        }),
  ];
}
