/** What went wrong in a session, and what was done about it: adverse events, their reviews, recorded deviations. */
import { concept, hl7, local, snomed } from './concepts.ts';
import type { CourseContext } from './course-context.ts';
import type { EventDescription, MedicineDescription } from './course-description.ts';

export function addEvents(context: CourseContext, medicine: MedicineDescription, number: number): void {
  for (const [index, event] of (medicine.events ?? []).entries()) {
    addEvent(context, medicine, event, number, `medicine-${number}-event-${index + 1}`);
  }
  addDeviation(context, medicine, number);
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
    date: context.at(day, '09:40', event.minutesAfterDose),
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
  context.add(`${name}-review`, {
    resourceType: 'Task',
    status: 'completed',
    intent: 'order',
    code: { text: 'Review of an adverse event' },
    description: 'To be gone through before the next medicine session.',
    focus: reference,
    for: subject,
    authoredOn: context.at(day, '12:10'),
    lastModified: context.at(event.review.day, '17:00'),
    requester: context.person('monitor'),
    owner: context.person('prescriber'),
    note: [{ text: event.review.words }],
  });
}

function addDeviation(context: CourseContext, { day, deviation }: MedicineDescription, number: number): void {
  if (!deviation) return;
  context.add(`medicine-${number}-deviation`, {
    resourceType: 'DetectedIssue',
    ...context.claim('protocol-deviation'),
    status: 'final',
    code: local('kat-rule', deviation.rule),
    severity: 'moderate',
    patient: context.subject,
    identifiedDateTime: context.at(day, '09:30'),
    author: context.person('monitor'),
    implicated: [context.refer(`medicine-${number}`)],
    evidence: [{ detail: [context.refer(`medicine-${number}-session-blood-pressure-baseline`)] }],
    detail: deviation.detail,
    mitigation: [
      {
        action: { text: deviation.action },
        date: context.at(day, '09:35'),
        author: context.person('prescriber'),
      },
    ],
  });
}
