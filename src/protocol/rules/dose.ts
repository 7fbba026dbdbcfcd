/** R11: the dose lies in the range of its route, agrees with the weight, and rises no faster than allowed. */
import type { Quantity, Ratio } from '@medplum/fhirtypes';
import { extensionOf, extensions } from '../codes.ts';
import type { Course } from '../course.ts';
import { type Dose, dosesOf, milligramsOf, type Route } from '../doses.ts';
import type { ProtocolRule, Verdict } from '../rule.ts';
import { minutesIn, minutesOf, numberOf, type RuleParameter } from '../rule-parameters.ts';
import { isSessionOf } from '../session.ts';
import { type Moment, minute } from '../time.ts';
import { isMaintenance } from '../treatment-intent.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';
import { weightBefore } from '../vital-signs.ts';
import { isOlder } from './blood-pressure.ts';

/** What one session gave by one route: doses that are given in parts count together. */
interface Given extends Moment {
  /** `Procedure/id` */
  readonly session: string;
  readonly doses: readonly Dose[];
  readonly route: Route;
  readonly milligrams: number;
  readonly esketamine: boolean;
  readonly kilograms: number | undefined;
  readonly first: boolean;
  /** What the last session before gave by this route. */
  readonly before: number | undefined;
}

type Stated = ReturnType<typeof statedBy>;
type Judgement = (given: Given, stated: Stated, context: { older: boolean }) => (Verdict | undefined)[];

const judgements: readonly Judgement[] = [range, most, esketamine, agreement, escalation, infusion];

export const dose: ProtocolRule = {
  key: 'R11',
  on: ['MedicationAdministration', 'Procedure'],
  concerns: isSessionOf('medicine'),
  async check(course, context) {
    const verdicts: Verdict[] = [];
    for (const given of await givenIn(course)) {
      const older = await isOlder(course, given, context.parameters);
      const stated = statedBy('R11', context.parameters);
      const found = judgements.flatMap((judge) =>
        judge(given, stated, { older }).filter((one) => one !== undefined),
      );
      verdicts.push(
        ...(found.length > 0 ? found : [verdict('pass', 'The dose is as it should be', references(given))]),
      );
    }
    return verdicts.length > 0 ? verdicts : [verdict('not-yet', 'No dose with route and amount is recorded')];
  },
};

async function givenIn(course: Course): Promise<Given[]> {
  const all: Given[] = [];
  const before = new Map<Route, number>();
  const medicine = (await course.sessions()).filter(({ kind, begun }) => kind === 'medicine' && begun);
  for (const [at, session] of medicine.entries()) {
    const byRoute = Map.groupBy(await dosesOf(session, course), ({ route }) => route);
    for (const [route, doses] of byRoute) {
      const start = doses[0]?.start ?? session.start;
      const milligrams = doses.reduce((sum, one) => sum + (one.milligrams ?? 0), 0);
      if (route === undefined || start === undefined || milligrams === 0) continue;
      all.push({
        session: session.reference,
        doses,
        route,
        milligrams,
        esketamine: doses.some((one) => one.esketamine),
        time: start,
        zone: session.zone,
        kilograms: (await weightBefore({ time: start, zone: session.zone }, course))?.kilograms,
        first: at === 0 && !isMaintenance(course.procedure),
        before: before.get(route),
      });
      before.set(route, milligrams);
    }
  }
  return all;
}

/** The doses first; the session too, which may be written after them. */
const references = ({ doses, session }: Given) => [...doses.map(({ reference }) => reference), session];

const broken = (
  given: Given,
  text: string,
  parameter: RuleParameter,
  severity: Verdict['severity'] = 'error',
) =>
  verdict('fail', text, references(given), {
    severity,
    parameter,
    satisfy: 'A dose within this limit, or a recorded deviation that says why not',
  });

/** By weight: into a vein. */
function range(given: Given, stated: Stated): (Verdict | undefined)[] {
  if (given.route !== 'iv') return [];
  const limits = stated('dose-range-iv', (parameter) => parameter?.value.valueRange);
  if (!limits) return [notStated('dose-range-iv')];
  const perWeight =
    given.kilograms === undefined ? statedPerWeight(given) : given.milligrams / given.kilograms;
  if (perWeight === undefined) return [];
  const { low, high } = limits.value;
  const out = isBelow(perWeight, low?.value) || isAbove(perWeight, high?.value);
  return [
    out
      ? broken(given, 'The dose by weight lies outside the range of its route', limits.parameter)
      : undefined,
  ];
}

/** By mass: every other route, with a lower limit for the first session where one is stated. */
function most(given: Given, stated: Stated): (Verdict | undefined)[] {
  const { route, first, esketamine } = given;
  if (route === 'iv' || esketamine) return [];
  const limit = stated(`dose-max-${route}`, massOf);
  if (!limit) return [notStated(`dose-max-${route}`)];
  if (isAbove(given.milligrams, limit.value))
    return [broken(given, 'The dose lies above the limit of its route', limit.parameter)];
  const start = first ? stated(`dose-first-max-${route}`, massOf) : undefined;
  return start && isAbove(given.milligrams, start.value)
    ? [broken(given, 'The dose is high for a first session', start.parameter, 'warning')]
    : [];
}

/** In whole devices, up to the limit; fewer on the first day. */
function esketamine(given: Given, stated: Stated, { older }: { older: boolean }): (Verdict | undefined)[] {
  if (!given.esketamine) return [];
  const device = stated('esketamine-device', massOf);
  const limit = stated('esketamine-max', massOf);
  if (!device || !limit) return [notStated('esketamine-device', 'esketamine-max')];
  const start = given.first
    ? stated(older ? 'esketamine-first-max-older' : 'esketamine-first-max', massOf)
    : undefined;
  return [
    isMultiple(given.milligrams, device.value)
      ? undefined
      : broken(given, 'The dose is no whole number of devices', device.parameter),
    isAbove(given.milligrams, limit.value)
      ? broken(given, 'The dose lies above the limit of its product', limit.parameter)
      : undefined,
    start && isAbove(given.milligrams, start.value)
      ? broken(given, 'The dose is high for a first session', start.parameter, 'warning')
      : undefined,
  ];
}

/** What is stated by weight, against the last weight. */
function agreement(given: Given, stated: Stated): (Verdict | undefined)[] {
  const perWeight = statedPerWeight(given);
  if (perWeight === undefined || given.kilograms === undefined) return [];
  const allowed = stated('dose-agreement', numberOf);
  if (!allowed) return [notStated('dose-agreement')];
  const actual = given.milligrams / given.kilograms;
  return [
    isAbove(Math.abs(perWeight - actual), (actual * allowed.value) / 100)
      ? broken(given, 'The dose by weight does not agree with dose and weight', allowed.parameter)
      : undefined,
  ];
}

/** Above the session before, by the same route. */
function escalation(given: Given, stated: Stated): (Verdict | undefined)[] {
  if (given.before === undefined) return [];
  const step = stated('escalation-max', numberOf);
  if (!step) return [notStated('escalation-max')];
  return [
    isAbove(given.milligrams, given.before * (1 + step.value / 100))
      ? broken(given, 'The dose rises faster than allowed', step.parameter, 'warning')
      : undefined,
  ];
}

/** Long enough, by its times or by its rate. */
function infusion(given: Given, stated: Stated): (Verdict | undefined)[] {
  if (given.route !== 'iv') return [];
  const least = stated('iv-duration-min', minutesOf);
  if (!least) return [notStated('iv-duration-min')];
  const short = given.doses.some((one) => isBelow(minutesOfInfusion(one), least.value));
  return [short ? broken(given, 'The infusion is faster than usual', least.parameter, 'warning') : undefined];
}

/** The shorter of what times and rate give; undefined when neither says. */
function minutesOfInfusion({ administration, milligrams, start, end }: Dose): number | undefined {
  const { effectivePeriod, dosage } = administration;
  const rate = perMinute(dosage?.rateQuantity) ?? perMinuteOf(dosage?.rateRatio);
  const times = [
    effectivePeriod?.end !== undefined && start !== undefined && end !== undefined
      ? (end - start) / minute
      : undefined,
    rate !== undefined && rate > 0 && milligrams !== undefined ? milligrams / rate : undefined,
  ].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Milligrams a minute, of a rate such as `mg/min` or `mg/h`. */
function perMinute(rate: Quantity | undefined): number | undefined {
  const [mass, time = ''] = rate?.code?.split('/') ?? [];
  const milligrams = milligramsOf(rate && mass !== undefined ? { ...rate, code: mass } : undefined);
  const unit = minutesIn[time];
  return milligrams === undefined || unit === undefined ? undefined : milligrams / unit;
}

function perMinuteOf(ratio: Ratio | undefined): number | undefined {
  const milligrams = milligramsOf(ratio?.numerator);
  const { value = 1, code = '' } = ratio?.denominator ?? {};
  const unit = minutesIn[code];
  return milligrams === undefined || unit === undefined ? undefined : milligrams / (value * unit);
}

/** The dose by weight as recorded: the sum of what the doses state. */
function statedPerWeight({ doses }: Given): number | undefined {
  const stated = doses.map(
    ({ administration }) =>
      extensionOf(administration.dosage, extensions.dosePerWeight)?.valueQuantity?.value,
  );
  return stated.some((value) => value === undefined)
    ? undefined
    : stated.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** A limit in milligrams, in whichever unit of mass it is stated. */
const massOf = (parameter: RuleParameter | undefined): number | undefined =>
  milligramsOf(parameter?.value.valueQuantity) ?? numberOf(parameter);

/** Sums and quotients of decimals are compared with room for what binary fractions leave. */
const room = 1e-9;
const isAbove = (value: number | undefined, limit: number | undefined) =>
  value !== undefined && limit !== undefined && value > limit + room;
const isBelow = (value: number | undefined, limit: number | undefined) =>
  value !== undefined && limit !== undefined && value < limit - room;
const isMultiple = (value: number, step: number) => Math.abs(value / step - Math.round(value / step)) < room;
