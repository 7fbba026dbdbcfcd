/**
 * Which patients have no course of therapy, so that a write about them asks no rule and reads nothing. What is known
 * rests on the generations (cache/generations), and so is forgotten with any Procedure of the patient that is written.
 */
import type { Generations } from '../cache/generations.ts';
import { type CoursesOfPatient, findCourses } from '../protocol/affected-courses.ts';

/** Patients remembered at most; whoever was noted first is forgotten first. */
const most = 20_000;

export interface CourseMemory {
  finder(generations: Generations): CoursesOfPatient;
}

export function createCourseMemory(): CourseMemory {
  /** Generations of the Procedures of a patient under which no course was found. */
  const without = new Map<string, string>();

  function remember(patient: string, stamp: string): void {
    without.delete(patient);
    if (without.size >= most) without.delete(without.keys().next().value!);
    without.set(patient, stamp);
  }

  return {
    finder: (generations) => async (patient, reader) => {
      // Undefined while a Procedure of the patient is being written, in this unit of work or in one before it.
      const stamp = generations.stamp([scopeOf(patient)]);
      if (stamp !== undefined && without.get(patient) === stamp) return [];
      const courses = await findCourses(patient, reader);
      if (courses.length === 0 && stamp !== undefined) remember(patient, stamp);
      return courses;
    },
  };
}

/** Procedures in the compartment of the patient. A version that the reference names does not matter. */
function scopeOf(reference: string): string {
  return `Procedure@${reference.split('/')[1]}`;
}
