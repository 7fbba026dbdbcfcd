/** What every part of a course needs while its resources are made. */
import type { Period } from '@medplum/fhirtypes';
import { local, profile } from './concepts.ts';
import type { CourseDescription, Day } from './course-description.ts';
import { createEntries, type Entries, type Link } from './entries.ts';
import { type IndicationFacts, indications, type ProtocolFacts, protocols } from './protocols.ts';

export type Person = 'therapist' | 'prescriber' | 'monitor';

export interface CourseContext extends Entries {
  readonly description: CourseDescription;
  readonly protocol: ProtocolFacts;
  readonly indication: IndicationFacts;
  /** False in the comparator: an infusion that is no ketamine-assisted therapy, and does not claim to be. */
  readonly therapy: boolean;
  readonly subject: Link;
  /** Who gives the medicine's support on the day: the therapist, or where there is none the monitor. */
  readonly companion: Person;
  /** `2026-06-01` and `09:40` in the zone of the clinic; minutes are added. */
  at(day: Day, time: string, minutes?: number): string;
  period(day: Day, start: string, end: string): Period;
  /** With the name to show. */
  person(who: Person): Link;
  performer(who: Person): { function: ReturnType<typeof local>; actor: Link };
  /** `meta` that claims a profile of the therapy; nothing in the comparator. */
  claim(id: string): { meta?: { profile: string[] } };
}

const functions: Readonly<Record<Person, string>> = {
  therapist: 'therapist',
  prescriber: 'prescriber',
  monitor: 'medical-monitor',
};

export function createContext(description: CourseDescription): CourseContext {
  const entries = createEntries(description.key);
  const { clinic } = description;
  const therapy = description.protocol !== 'infusion-only';
  const at = (day: Day, time: string, minutes = 0): string => {
    const moment = new Date(Date.parse(`${day}T${time}:00Z`) + minutes * 60_000);
    return `${moment.toISOString().slice(0, 19)}${clinic.zone}`;
  };
  const person = (who: Person): Link => ({ ...entries.refer(who), display: clinic[who] });
  return {
    ...entries,
    description,
    protocol: protocols[description.protocol],
    indication: indications[description.indication],
    therapy,
    subject: entries.refer('patient'),
    companion: therapy ? 'therapist' : 'monitor',
    at,
    period: (day, start, end) => ({ start: at(day, start), end: at(day, end) }),
    person,
    performer: (who) => ({ function: local('kat-performer-function', functions[who]), actor: person(who) }),
    claim: (id) => (therapy ? { meta: { profile: [profile(id)] } } : {}),
  };
}
