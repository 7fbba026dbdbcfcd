/** What a course is meant to do, extension kat-treatment-intent on its Procedure. */
import type { Procedure } from '@medplum/fhirtypes';
import { extensionOf, extensions, hasCode, systems } from './codes.ts';

/** Whether a course keeps up what one before has reached: its patient knows the medicine. */
export function isMaintenance(course: Procedure): boolean {
  const intent = extensionOf(course, extensions.treatmentIntent)?.valueCodeableConcept;
  return hasCode(intent, systems.treatmentIntent, 'maintenance');
}
