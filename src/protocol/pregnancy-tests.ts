/** Pregnancy tests of the patient: a urine test with its result, or a finding that names the result itself. */
import type { Observation } from '@medplum/fhirtypes';
import type { Course } from './course.ts';
import { instantAfter, instantOf, type Moment } from './time.ts';

const finalStatuses: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);

export interface PregnancyTest {
  readonly observation: Observation;
  /** `Observation/id` */
  readonly reference: string;
  /** Milliseconds since the epoch; of a test that names but a day, the first and the last of it. */
  readonly time: number;
  readonly latest: number;
}

/** The last final test up to a moment; undefined when there is none. */
export async function lastPregnancyTest(
  { time, zone }: Moment,
  course: Course,
): Promise<PregnancyTest | undefined> {
  const tests = (await course.observations('pregnancyTest')).flatMap((observation) => {
    const text = observation.effectiveDateTime ?? observation.effectivePeriod?.start;
    const taken = instantOf(text, zone);
    const latest = instantAfter(text, zone) ?? Number.NEGATIVE_INFINITY;
    return taken !== undefined && taken <= time && finalStatuses.has(observation.status ?? '')
      ? [{ observation, reference: `Observation/${observation.id}`, time: taken, latest }]
      : [];
  });
  return tests.toSorted((one, other) => other.time - one.time)[0];
}
