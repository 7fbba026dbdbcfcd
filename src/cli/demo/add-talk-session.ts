/** Preparation and integration: the sessions without medicine. */
import { ambulatory, extension, local, profile, snomed, systems } from './concepts.ts';
import type { CourseContext } from './course-context.ts';
import type { Day, StatusReason } from './course-description.ts';

export interface TalkSession {
  readonly kind: 'preparation' | 'integration';
  readonly number: number;
  readonly day: Day;
  readonly notDone?: StatusReason;
  /** For the therapist's eyes: kept as a psychotherapy note of its own. */
  readonly note?: string;
}

export const talkPeriod = (context: CourseContext, day: Day) => context.period(day, '15:00', '15:50');

export function addTalkSession(
  context: CourseContext,
  { kind, number, day, notDone, note }: TalkSession,
): void {
  const { refer, subject } = context;
  const name = `${kind}-${number}`;
  const visit = `${kind}-visit-${number}`;
  const period = talkPeriod(context, day);
  if (!notDone) {
    context.add(visit, {
      resourceType: 'Encounter',
      ...context.claim('session-encounter'),
      status: 'finished',
      class: ambulatory,
      type: [local('kat-session-type', kind)],
      subject,
      basedOn: [refer(`${kind}-request-${number}`)],
      participant: [{ individual: context.person('therapist') }],
      period,
      reasonReference: [refer('indication')],
      serviceProvider: refer('clinic'),
    });
  }
  context.add(name, {
    resourceType: 'Procedure',
    ...context.claim(`${kind}-session`),
    extension: [
      extension('session-number', { valuePositiveInt: number }),
      ...(kind === 'integration'
        ? [extension('integrates', { valueReference: refer(`medicine-${number}`) })]
        : []),
    ],
    basedOn: [refer(`${kind}-request-${number}`)],
    partOf: [refer('course')],
    status: notDone ? 'not-done' : 'completed',
    ...(notDone ? { statusReason: local('kat-status-reason', notDone) } : {}),
    category: local('kat-phase', kind),
    code: {
      coding: [
        ...(local('kat-session-type', kind).coding ?? []),
        ...((kind === 'preparation'
          ? snomed('171022008', 'Psychological counseling')
          : snomed('75516001', 'Psychotherapy')
        ).coding ?? []),
      ],
    },
    subject,
    ...(notDone ? {} : { encounter: refer(visit), performedPeriod: period }),
    performer: [context.performer('therapist')],
  });
  if (note === undefined) return;
  context.add(`${name}-note`, {
    resourceType: 'DocumentReference',
    meta: {
      profile: [profile('psychotherapy-note')],
      security: [{ system: systems.act, code: 'PSYTHPN' }],
    },
    status: 'current',
    type: local('kat-document-type', 'psychotherapy-note'),
    subject,
    date: period.end!,
    author: [context.person('therapist')],
    content: [
      {
        attachment: { contentType: 'text/plain', data: Buffer.from(note).toString('base64') },
      },
    ],
    context: { encounter: [refer(visit)], related: [refer(name)] },
  });
}
