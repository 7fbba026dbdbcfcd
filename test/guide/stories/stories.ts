/** The stories whose bundles are made from a description; `examples/<key>/bundle.json` is what it gives. */
import type { CourseDescription } from '../../../src/cli/demo/course-description.ts';
import { adverseEventReviewed } from './adverse-event-reviewed.ts';
import { anxietySublingual } from './anxiety-sublingual.ts';
import { dropOutForCost } from './drop-out-for-cost.ts';
import { esketamineByLabel } from './esketamine-by-label.ts';
import { infusionOnly } from './infusion-only.ts';
import { ptsdIm } from './ptsd-im.ts';
import { screeningExcludes } from './screening-excludes.ts';
import { stoppedForBloodPressure } from './stopped-for-blood-pressure.ts';

export const stories: readonly CourseDescription[] = [
  ptsdIm,
  anxietySublingual,
  stoppedForBloodPressure,
  screeningExcludes,
  adverseEventReviewed,
  dropOutForCost,
  esketamineByLabel,
  infusionOnly,
];
