/** Pregnancy tests of the patient: a urine test with its result, or a finding that names the result itself. */
import type { Observation } from '@medplum/fhirtypes';
import type { Course } from './course.ts';
import { instantOf } from './time.ts';

const finalStatuses: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);

export interface PregnancyTest {
  readonly observation: Observation;
  /** `Observation/id` */
  readonly reference: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** The last final test up to a time; undefined when there is none. */
export async function lastPregnancyTest(time: number, course: Course): Promise<PregnancyTest | undefined> {
  const tests = (await course.observations('pregnancyTest')).flatMap((observation) => {
    const taken = instantOf(observation.effectiveDateTime ?? observation.effectivePeriod?.start);
    return taken !== undefined && taken <= time && finalStatuses.has(observation.status ?? '')
      ? [{ observation, reference: `Observation/${observation.id}`, time: taken }]
      : [];
  });
  return tests.toSorted((one, other) => other.time - one.time)[0];
}
