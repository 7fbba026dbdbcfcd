/**
 * A Flag on the patient's record and a Task for the prescriber, for each safety signal among the writes, in the same
 * unit of work, and once: what is written again with the same signal raises nothing anew.
 * https://hl7.org/fhir/R4/flag.html and https://hl7.org/fhir/R4/task.html
 */
import type {
  CareTeam,
  Flag,
  Identifier,
  Observation,
  QuestionnaireResponse,
  Reference,
  Task,
} from '@medplum/fhirtypes';
import { hasCode, systems } from '../protocol/codes.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import { lastWritten } from './completed-forms.ts';
import type { FollowUp } from './follow-up.ts';
import type { Services } from './interaction.ts';
import { createResourceReader } from './protocol-reader.ts';
import { kinds, type SafetySignal, safetySignals } from './safety-signals.ts';
import { writeDerived } from './write-derived.ts';
import { instant, type Work } from './write-version.ts';

/** Says of a Flag and a Task which signal they were raised for. */
export const safetySignal = 'https://w3id.org/kat-fhir/sid/safety-signal';

export const raiseAlerts: FollowUp = async (services, work) => {
  const reader = createResourceReader(services, work.transaction);
  for (const signal of await safetySignals(work, reader)) {
    const identifier = { system: safetySignal, value: signalId(signal.kind, signal.focus) };
    const raised = await alertsOf<Flag>('Flag', [identifier.value], reader);
    if (raised.some(({ status }) => status !== 'entered-in-error')) continue;
    const now = instant(services.clock.now());
    const owner = await prescriberOf(signal.patient, reader);
    await writeDerived(services, work, flagFor(signal, identifier, now));
    await writeDerived(services, work, taskFor(signal, identifier, now, owner));
  }
  await withdrawAlerts(services, work, reader);
  return [];
};

/** What was entered in error takes its Flag with it, and its Task as long as nobody has begun it. */
async function withdrawAlerts(services: Services, work: Work, reader: ResourceReader): Promise<void> {
  const wrong = [
    ...lastWritten<QuestionnaireResponse>(work, 'QuestionnaireResponse'),
    ...lastWritten<Observation>(work, 'Observation'),
  ].filter(({ status }) => status === 'entered-in-error');
  for (const { resourceType, id } of wrong) {
    const signals = Object.keys(kinds).map((kind) => signalId(kind, `${resourceType}/${id}`));
    for (const flag of await alertsOf<Flag>('Flag', signals, reader))
      if (flag.status !== 'entered-in-error')
        await writeDerived(services, work, { ...flag, status: 'entered-in-error' });
    for (const task of await alertsOf<Task>('Task', signals, reader))
      if (task.status === 'requested')
        await writeDerived(services, work, { ...task, status: 'entered-in-error' });
  }
}

/** Of an identifier: the kind of the signal and what shows it. */
function signalId(kind: string, focus: string): string {
  return `${kind}.${focus.replace('/', '.')}`;
}

function alertsOf<T extends Flag | Task>(
  type: T['resourceType'],
  signals: readonly string[],
  reader: ResourceReader,
): Promise<T[]> {
  const tokens = signals.map((signal) => `${safetySignal}|${signal}`).join(',');
  return reader.find<T>(type, [['identifier', tokens]]);
}

function flagFor({ kind, patient }: SafetySignal, identifier: Identifier, now: string): Flag {
  return {
    resourceType: 'Flag',
    identifier: [identifier],
    status: 'active',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/flag-category',
            code: 'safety',
            display: 'Safety',
          },
        ],
      },
    ],
    code: { text: kinds[kind].text },
    subject: { reference: patient },
    period: { start: now },
  };
}

function taskFor(
  { kind, patient, focus }: SafetySignal,
  identifier: Identifier,
  now: string,
  owner: Reference | undefined,
): Task {
  const { text, priority } = kinds[kind];
  return {
    resourceType: 'Task',
    identifier: [identifier],
    status: 'requested',
    intent: 'order',
    priority,
    code: { text: 'Look after a safety signal' },
    description: text,
    focus: { reference: focus },
    for: { reference: patient },
    authoredOn: now,
    lastModified: now,
    ...(owner ? { owner: owner as Task['owner'] & {} } : {}),
  };
}

/** The prescriber of the patient's active care team. */
async function prescriberOf(patient: string, reader: ResourceReader): Promise<Reference | undefined> {
  const teams = await reader.find<CareTeam>('CareTeam', [
    ['patient', patient],
    ['status', 'active'],
  ]);
  return teams
    .flatMap(({ participant = [] }) => participant)
    .find(({ role }) => role?.some((one) => hasCode(one, systems.performerFunction, 'prescriber')))?.member;
}
