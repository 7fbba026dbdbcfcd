/** R09: the pressure before the dose allows it; an alarming pressure or rise afterwards is answered. */
import type { Course } from '../course.ts';
import { dosesOf } from '../doses.ts';
import type { ProtocolRule, RuleContext, Verdict } from '../rule.ts';
import { numberOf } from '../rule-parameters.ts';
import { isSessionOf, type Session } from '../session.ts';
import { instantOf, type Moment } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';
import { isReadingOf, type Pressure, pressureOf, readingsOf } from '../vital-signs.ts';

const isMedicineSession = isSessionOf('medicine');

export const bloodPressure: ProtocolRule = {
  key: 'R09',
  on: ['MedicationAdministration', 'Observation', 'Procedure'],
  concerns: (resource) =>
    resource.resourceType === 'Observation'
      ? isReadingOf('blood pressure', resource)
      : isMedicineSession(resource),
  async check(course, context) {
    const medicine = (await course.sessions()).filter(({ kind, begun }) => kind === 'medicine' && begun);
    const verdicts: Verdict[] = [];
    for (const session of medicine) verdicts.push(...(await ofSession(session, course, context)));
    return verdicts.length > 0 ? verdicts : [verdict('not-yet', 'No dose has been given in a session')];
  },
};

async function ofSession(session: Session, course: Course, { parameters }: RuleContext): Promise<Verdict[]> {
  const doses = await dosesOf(session, course);
  const dose = doses[0]?.start;
  if (dose === undefined) return [];
  const at: Moment = { time: dose, zone: session.zone };
  const readings = (await readingsOf(session, 'blood pressure', course)).map((reading) => ({
    ...reading,
    ...pressureOf(reading.observation),
  }));
  // The session may be written after its doses.
  const given = [...doses.map(({ reference }) => reference), session.reference];
  const before = readings.filter(({ time, point }) => point === 'baseline' && (time ?? dose) <= dose).at(-1);
  if (!before) return [verdict('not-applicable', 'No pressure was taken before the dose: see R08', given)];

  const limits = (name: string, suffix = '') => {
    const systolic = `bp-${name}-systolic${suffix}`;
    const diastolic = `bp-${name}-diastolic${suffix}`;
    const stated = statedBy('R09', parameters);
    return {
      systolic: stated(systolic, numberOf),
      diastolic: stated(diastolic, numberOf),
      systolicName: systolic,
    };
  };
  /** The parameter that a pressure reaches, if any. */
  const reached = ({ systolic, diastolic }: Pressure, { systolic: high, diastolic: low }: Limits) => {
    if (high && systolic !== undefined && systolic >= high.value) return high.parameter;
    return low && diastolic !== undefined && diastolic >= low.value ? low.parameter : undefined;
  };
  type Limits = ReturnType<typeof limits>;
  const soft = limits('soft', (await isOlder(course, at, parameters)) ? '-older' : '');
  const hard = limits('hard');
  const alert = limits('alert');
  const rise = limits('rise');
  const incomplete = [soft, hard, alert, rise].find(({ systolic, diastolic }) => !systolic || !diastolic);
  if (incomplete) return [notStated(incomplete.systolicName)];

  const evidence = [before.reference, session.reference];
  const gate = reached(before, hard);
  const caution = reached(before, soft);
  const verdicts: Verdict[] = [];
  if (gate)
    verdicts.push(
      verdict('fail', 'The pressure before the dose was too high to give it', given, {
        evidence,
        parameter: gate,
        satisfy: 'A pressure below this limit before the dose',
      }),
    );
  else if (caution)
    verdicts.push(
      verdict('fail', 'The pressure before the dose asks for a recorded decision', given, {
        severity: 'warning',
        evidence,
        parameter: caution,
        satisfy: 'A pressure below this limit, or a recorded deviation that says why the dose was given',
      }),
    );
  else verdicts.push(verdict('pass', 'The pressure before the dose allowed it', given, { evidence }));
  for (const reading of readings) {
    if (reading.time === undefined || reading.time < dose) continue;
    const alarm = reached(reading, alert) ?? reached(riseFrom(before, reading), rise);
    if (alarm)
      verdicts.push(
        verdict('fail', 'The pressure during the session asks for an answer', [reading.reference], {
          severity: 'warning',
          evidence,
          parameter: alarm,
          satisfy: 'A recorded deviation that says what was done',
        }),
      );
  }
  return verdicts;
}

function riseFrom(before: Pressure, after: Pressure): Pressure {
  const rise = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? undefined : to - from;
  return {
    systolic: rise(before.systolic, after.systolic),
    diastolic: rise(before.diastolic, after.diastolic),
  };
}

/** Whether the patient has reached the age from which the wider limits count; without a birth date, not. */
export async function isOlder(
  course: Course,
  { time, zone }: Moment,
  parameters: RuleContext['parameters'],
): Promise<boolean> {
  const age = statedBy('R09', parameters)('older-age', numberOf);
  const born = instantOf((await course.patient())?.birthDate, zone);
  if (!age || born === undefined) return false;
  const birthday = new Date(born);
  birthday.setUTCFullYear(birthday.getUTCFullYear() + age.value);
  return birthday.getTime() <= time;
}
