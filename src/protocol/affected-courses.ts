/**
 * The courses that a written resource belongs to: what is part of a session belongs to the session's course, what is
 * said of the patient to each course of the patient that has not ended.
 */
import type { Procedure, Reference, Resource } from '@medplum/fhirtypes';
import { createPauses } from '../core/pauses.ts';
import { systems } from './codes.ts';
import { isCourse } from './course.ts';
import type { ResourceReader } from './resource-reader.ts';

const ended: ReadonlySet<string> = new Set(['completed', 'stopped', 'not-done', 'entered-in-error']);

/** The Procedures of the courses that any of the resources may concern, each once. */
export async function affectedCourses(
  resources: readonly Resource[],
  reader: ResourceReader,
): Promise<Procedure[]> {
  const courses = new Map<string, Procedure>();
  const patients = new Set<string>();
  // An import may hold thousands.
  const pause = createPauses();
  for (const resource of resources) {
    await pause();
    const whole = await courseAbove(resource, reader);
    if (whole?.id !== undefined) courses.set(whole.id, whole);
    else {
      const patient = patientOf(resource);
      if (patient !== undefined) patients.add(patient);
    }
  }
  for (const patient of patients) {
    await pause();
    const found = await reader.find<Procedure>('Procedure', [
      ['patient', patient],
      ['code', `${systems.sessionType}|course`],
    ]);
    for (const course of found) {
      if (course.id !== undefined && !ended.has(course.status ?? '')) courses.set(course.id, course);
    }
  }
  return [...courses.values()];
}

/** Follows `partOf` up to the course: from a session one step, from what hangs on a session two. */
async function courseAbove(resource: Resource, reader: ResourceReader): Promise<Procedure | undefined> {
  let current: Resource | undefined = resource;
  for (let steps = 0; steps < 3 && current; steps++) {
    if (current.resourceType === 'Procedure' && isCourse(current)) return current;
    const part = partOf(current);
    current = part === undefined ? undefined : await reader.read<Procedure>(part);
  }
  return undefined;
}

function partOf(resource: Resource): string | undefined {
  const { partOf } = resource as { partOf?: Reference | Reference[] };
  const references = Array.isArray(partOf) ? partOf : partOf ? [partOf] : [];
  return references.find(({ reference }) => reference?.startsWith('Procedure/'))?.reference;
}

function patientOf(resource: Resource): string | undefined {
  if (resource.resourceType === 'Patient') return undefined;
  const {
    subject,
    patient,
    for: beneficiary,
  } = resource as { subject?: Reference; patient?: Reference; for?: Reference };
  const reference = (subject ?? patient ?? beneficiary)?.reference;
  return reference?.startsWith('Patient/') ? reference : undefined;
}
