/**
 * A Flag on the patient's record and a Task for the prescriber, for each safety signal among the writes, in the same
 * unit of work, and once: what is written again with the same signal raises nothing anew.
 * https://hl7.org/fhir/R4/flag.html and https://hl7.org/fhir/R4/task.html
 */
import type { CareTeam, Flag, Identifier, Reference, Task } from '@medplum/fhirtypes';
import { hasCode, systems } from '../protocol/codes.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { FollowUp } from './follow-up.ts';
import { createResourceReader } from './protocol-reader.ts';
import { kinds, type SafetySignal, safetySignals } from './safety-signals.ts';
import { writeDerived } from './write-derived.ts';
import { instant } from './write-version.ts';

/** Says of a Flag and a Task which signal they were raised for. */
export const safetySignal = 'https://w3id.org/kat-fhir/sid/safety-signal';

export const raiseAlerts: FollowUp = async (services, work) => {
  const reader = createResourceReader(services, work.transaction);
  for (const signal of await safetySignals(work, reader)) {
    const identifier = {
      system: safetySignal,
      value: `${signal.kind}.${signal.focus.replace('/', '.')}`,
    };
    const asked = [['identifier', `${identifier.system}|${identifier.value}`]] as const;
    if ((await reader.find('Flag', asked)).length > 0) continue;
    const now = instant(services.clock.now());
    await writeDerived(services, work, flagFor(signal, identifier, now));
    await writeDerived(
      services,
      work,
      taskFor(signal, identifier, now, await prescriberOf(signal.patient, reader)),
    );
  }
  return [];
};

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
