/** What the prescriber was asked to see to, and did. https://hl7.org/fhir/R4/task.html */
import type { CourseContext, Person } from './course-context.ts';
import type { Link } from './entries.ts';

export interface DoneTask {
  readonly what: string;
  readonly why: string;
  readonly focus: Link;
  readonly requester: Person;
  readonly asked: string;
  readonly done: string;
  /** What the prescriber found or did. */
  readonly words: string;
}

export function addDoneTask(context: CourseContext, name: string, task: DoneTask): void {
  const { what, why, focus, requester, asked, done, words } = task;
  context.add(name, {
    resourceType: 'Task',
    status: 'completed',
    intent: 'order',
    code: { text: what },
    description: why,
    focus,
    for: context.subject,
    authoredOn: asked,
    lastModified: done,
    requester: context.person(requester),
    owner: context.person('prescriber'),
    note: [{ text: words }],
  });
}
