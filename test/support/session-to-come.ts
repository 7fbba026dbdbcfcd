/** Courses of which the last medicine session is still to be recorded: several live side by side on one server. */
import type { CourseResources } from './course.ts';
import { partsOf } from './played-plan.ts';
import { type WholeDescription, wholeCourse } from './whole-course.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

export interface SessionToCome {
  /** By the ids of the tests of the rules, e.g. `Procedure/medicine-3`; those stored end in the name. */
  readonly all: CourseResources;
  /** What there is before the session. */
  before(): Any[];
  /** The session with its visit, dose and readings. */
  session(): Any[];
}

/** @param name tells the course from others */
export function sessionToCome(name: string, description: WholeDescription = {}): SessionToCome {
  const { sessions = 3 } = description;
  const all = renamed(wholeCourse({ status: 'in-progress', planned: 8, ...description, sessions }), name);
  const integration = all.get(`Procedure/integration-${sessions}`);
  const later = new Set([integration, all.get(`Encounter/visit-integration-${sessions}`)]);
  const session = () => partsOf(all, { kind: 'medicine', number: sessions, start: 0 });
  return {
    all,
    session,
    before() {
      const parts = new Set(session());
      return [...all.values()].filter((one) => !parts.has(one) && !later.has(one));
    },
  };
}

/** The same resources, under the keys as they were, with ids of their own. */
function renamed(resources: CourseResources, name: string): CourseResources {
  const text = JSON.stringify([...resources], (key, value) =>
    key === 'id' || (key === 'reference' && resources.has(value)) ? `${value}-${name}` : value,
  );
  return new Map(JSON.parse(text));
}
