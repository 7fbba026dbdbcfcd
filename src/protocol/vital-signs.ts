/** Vital signs of a session: what was measured, at which monitoring point, when. */
import type { Observation } from '@medplum/fhirtypes';
import { codeIn, extensionOf, extensions, hasCode, systems } from './codes.ts';
import type { Course } from './course.ts';
import type { Session } from './session.ts';
import { instantAfter, instantOf, type Moment, type Zone } from './time.ts';

export type VitalSign = 'blood pressure' | 'heart rate' | 'oxygen saturation';

/** LOINC codes of the vital signs that a session asks for. */
export const vitalSigns: Readonly<Record<VitalSign, readonly string[]>> = {
  'blood pressure': ['85354-9'],
  'heart rate': ['8867-4'],
  'oxygen saturation': ['59408-5', '2708-6'],
};

export interface Reading {
  readonly observation: Observation;
  /** `Observation/id` */
  readonly reference: string;
  /** Code of kat-monitoring-point. */
  readonly point: string | undefined;
  /** Milliseconds since the epoch. */
  readonly time: number | undefined;
  /** Of the day, if the reading names but a day. */
  readonly latest: number | undefined;
}

const unusable: ReadonlySet<string> = new Set(['entered-in-error', 'cancelled', 'unknown']);

/** The readings of a vital sign in a session, in the order of their times. */
export async function readingsOf(session: Session, sign: VitalSign, course: Course): Promise<Reading[]> {
  return (await course.sessionObservations())
    .filter(
      (observation) =>
        !unusable.has(observation.status ?? '') &&
        // One that could not be obtained says why, and is none.
        observation.dataAbsentReason === undefined &&
        observation.partOf?.some(({ reference }) => reference === session.reference) === true &&
        isReadingOf(sign, observation),
    )
    .map((observation) => readingOf(observation, session.zone))
    .sort((one, other) => (one.time ?? 0) - (other.time ?? 0));
}

/** Whether an observation is of a vital sign, by its code. */
export function isReadingOf(sign: VitalSign, { code }: Observation): boolean {
  return vitalSigns[sign].some((one) => hasCode(code, systems.loinc, one));
}

function readingOf(observation: Observation, zone: Zone): Reading {
  const { id, effectiveDateTime, effectivePeriod } = observation;
  const point = extensionOf(observation, extensions.monitoringPoint)?.valueCodeableConcept;
  return {
    observation,
    reference: `Observation/${id}`,
    point: codeIn(point, systems.monitoringPoint),
    time: instantOf(effectiveDateTime ?? effectivePeriod?.start, zone),
    latest: instantAfter(effectiveDateTime ?? effectivePeriod?.start, zone),
  };
}

export interface Pressure {
  readonly systolic: number | undefined;
  readonly diastolic: number | undefined;
}

/** Both pressures of a blood pressure panel, in mmHg. */
export function pressureOf({ component = [] }: Observation): Pressure {
  const value = (code: string) =>
    component.find((one) => hasCode(one.code, systems.loinc, code))?.valueQuantity?.value;
  return { systolic: value('8480-6'), diastolic: value('8462-4') };
}

const kilogramsIn: Readonly<Record<string, number>> = { kg: 1, g: 0.001, '[lb_av]': 0.45359237 };

interface Weight {
  readonly kilograms: number;
  /** Milliseconds since the epoch; of a weight that names but a day, the first and the last of it. */
  readonly time: number;
  readonly latest: number;
  /** `Observation/id` */
  readonly reference: string;
}

/** The last weight taken up to a moment. */
export async function weightBefore({ time, zone }: Moment, course: Course): Promise<Weight | undefined> {
  const weights = (await course.observations('weight')).flatMap((observation) => {
    const { time: taken, latest = taken, reference } = readingOf(observation, zone);
    const { value, code = '' } = observation.valueQuantity ?? {};
    const kilograms = kilogramsIn[code];
    if (unusable.has(observation.status ?? '') || value === undefined || kilograms === undefined) return [];
    return taken === undefined || latest === undefined || taken > time
      ? []
      : [{ kilograms: value * kilograms, time: taken, latest, reference }];
  });
  return weights.sort((one, other) => other.time - one.time)[0];
}
