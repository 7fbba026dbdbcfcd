/** What went wrong in a session, and what was done about it: adverse events, their reviews, recorded deviations. */
import { addDoneTask } from './add-task.ts';
import { concept, hl7, local, snomed } from './concepts.ts';
import type { CourseContext } from './course-context.ts';
import type { DeviationDescription, EventDescription, MedicineDescription } from './course-description.ts';
import { times } from './session-day.ts';

export function addEvents(context: CourseContext, medicine: MedicineDescription, number: number): void {
  for (const [index, event] of (medicine.events ?? []).entries()) {
    addEvent(context, medicine, event, number, `medicine-${number}-event-${index + 1}`);
  }
  for (const [index, deviation] of (medicine.deviations ?? []).entries()) {
    addDeviation(context, medicine.day, deviation, number, index + 1);
  }
}

function addEvent(
  context: CourseContext,
  { day }: MedicineDescription,
  event: EventDescription,
  number: number,
  name: string,
): void {
  const { refer, subject } = context;
  const reference = context.add(name, {
    resourceType: 'AdverseEvent',
    ...context.claim('adverse-event'),
    actuality: 'actual',
    event: snomed(event.code, event.display),
    subject,
    encounter: refer(`medicine-visit-${number}`),
    date: context.at(day, times.dose, event.minutesAfterDose),
    recordedDate: context.at(day, '12:05'),
    seriousness: concept(
      'http://terminology.hl7.org/CodeSystem/adverse-event-seriousness',
      event.serious ? 'Serious' : 'Non-serious',
    ),
    severity: hl7('adverse-event-severity', event.severity),
    outcome: hl7('adverse-event-outcome', 'resolved', 'Resolved'),
    recorder: context.person('monitor'),
    suspectEntity: [
      {
        instance: refer(`medicine-${number}-dose`),
        causality: [{ assessment: hl7('adverse-event-causality-assess', 'Probably-Likely') }],
      },
    ],
  });
  if (!event.review) return;
  addDoneTask(context, `${name}-review`, {
    what: 'Review of an adverse event',
    why: 'To be gone through before the next medicine session.',
    focus: reference,
    requester: 'monitor',
    asked: context.at(day, '12:10'),
    done: context.at(event.review.day, '17:00'),
    words: event.review.words,
  });
}

/** The prescriber decides within five minutes: a dose is not given before, a high pressure not left alone. */
const decisions = {
  'before-dose': { point: 'baseline', found: -10 },
  'at-peak': { point: 'peak', found: 40 },
} as const;

function addDeviation(
  context: CourseContext,
  day: string,
  { rule, when, detail, action }: DeviationDescription,
  number: number,
  index: number,
): void {
  const { point, found } = decisions[when];
  const pressure = (at: string) => context.refer(`medicine-${number}-session-blood-pressure-${at}`);
  const about = when === 'before-dose' ? context.refer(`medicine-${number}-dose`) : pressure(point);
  context.add(`medicine-${number}-deviation-${index}`, {
    resourceType: 'DetectedIssue',
    ...context.claim('protocol-deviation'),
    status: 'final',
    code: local('kat-rule', rule),
    severity: 'moderate',
    patient: context.subject,
    identifiedDateTime: context.at(day, times.dose, found),
    author: context.person('monitor'),
    implicated: [context.refer(`medicine-${number}`), about],
    evidence: [{ detail: [pressure('baseline')] }],
    detail,
    mitigation: [
      {
        action: { text: action },
        date: context.at(day, times.dose, found + 5),
        author: context.person('prescriber'),
      },
    ],
  });
}
