/**
 * A course as a Bundle of the resources themselves, in the order of time: first what happened, then what is still to
 * come. What a rule waits for has no resource of its own: a proposed Task, which is not stored, tells it.
 */
import type { CarePlan, Reference, Task } from '@medplum/fhirtypes';
import { bundleText, type EntryParts } from '../interactions/bundle-text.ts';
import { instant } from '../interactions/write-version.ts';
import { systems } from '../protocol/codes.ts';
import type { Timeline, UpcomingStep } from '../protocol/timeline/timeline-event.ts';
import type { StoreReader } from '../storage/store.ts';
import { temporary } from './store-plan.ts';

interface Origin {
  readonly store: StoreReader;
  readonly baseUrl: string;
}

export async function timelineBundle(
  { plan, events, next, now }: Timeline,
  { store, baseUrl }: Origin,
): Promise<string> {
  const entries: EntryParts[] = [];
  const add = async (reference: string): Promise<void> => {
    const [type = '', id = ''] = reference.split('/');
    // As it is stored, to the letter.
    const version = await store.read(type, id);
    if (version?.body !== undefined)
      entries.push({ fullUrl: `${baseUrl}/${reference}`, resource: version.body });
  };
  for (const { resource } of events) await add(`${resource.resourceType}/${resource.id}`);
  for (const step of next) {
    if (step.kind === 'rule')
      entries.push({
        fullUrl: temporary(entries.length),
        resource: JSON.stringify(proposedTask(step, plan)),
      });
    else await add(step.reference);
  }
  return bundleText({ type: 'collection', timestamp: instant(now) }, entries);
}

function proposedTask({ rule, title, due, reference }: UpcomingStep, plan: CarePlan): Task {
  return {
    resourceType: 'Task',
    basedOn: [{ reference: `CarePlan/${plan.id}` }],
    status: 'draft',
    intent: 'proposal',
    code: { coding: [{ system: systems.rule, code: rule! }], text: title },
    focus: { reference },
    for: plan.subject as Reference<never>,
    restriction: { period: { end: due! } },
  };
}
