/** Vital signs of a session in one line: systolic, diastolic, heart rate, oxygen saturation at each point. */
import type { MedicineDescription, Vitals } from '../../../src/cli/demo/course-description.ts';

type Row = readonly [number, number, number, number];

const vitalsOf = ([systolic, diastolic, heartRate, saturation]: Row): Vitals => ({
  systolic,
  diastolic,
  heartRate,
  saturation,
});

export const vitals = (
  baseline: Row,
  during: Row = baseline,
  peak: Row = during,
  leaving: Row = baseline,
): MedicineDescription['vitals'] => ({
  baseline: vitalsOf(baseline),
  during: vitalsOf(during),
  peak: vitalsOf(peak),
  'pre-discharge': vitalsOf(leaving),
});
