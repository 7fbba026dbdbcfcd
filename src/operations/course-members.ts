/**
 * The resources of one course of therapy, found by walking from its plan: to what a resource refers to, and back to
 * what says that it is part of it, based on it or happened at it; never out of the patient's record, and never on to
 * another plan.
 */
import { createPauses } from '../core/pauses.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Services } from '../interactions/interaction.ts';
import type { PlanNode, Position } from '../search/plan.ts';
import type { Page, StoredVersion } from '../storage/store.ts';
import { linkedResources } from './supporting-resources.ts';

/** Reference parameters that say what a resource belongs to, whichever type has them. */
const belonging: ReadonlySet<string> = new Set([
  ...['part-of', 'based-on', 'basedon', 'encounter', 'context', 'request', 'prescription', 'integrates'],
  ...['derived-from', 'focus', 'suspect', 'substance', 'implicated', 'related', 'appointment', 'target'],
  'evaluated-resource',
]);

/** What a course rests on without naming it: the patient's consent, and the decision that the patient is eligible. */
const foundations: readonly (readonly [type: string, code: string, value: string])[] = [
  ['Consent', 'category', 'http://loinc.org|59284-0'],
  ['Observation', 'code', 'https://w3id.org/kat-fhir/CodeSystem/kat-observation|eligibility'],
];

/** Far more than a course has: a bound on the work. */
const maximum = 10_000;
const pageSize = 500;

interface Backward {
  readonly type: string;
  readonly code: string;
  readonly targets: readonly string[];
}

/** @returns the ids of the members by type, those of the plan and its patient among them */
export async function courseMembers(
  services: Services,
  baseUrl: string,
  plan: StoredVersion & { readonly body: string },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { store, indexer, registry } = services;
  const pause = createPauses();
  const patients = new Set(indexer.index(JSON.parse(plan.body) as Resource).patients);
  const backward = backwardParameters(services);
  const members = new Map<string, StoredVersion>([[`${plan.type}/${plan.id}`, plan]]);
  let frontier: StoredVersion[] = [plan];
  const take = (row: StoredVersion | undefined): void => {
    if (row?.body === undefined || members.size >= maximum) return;
    const key = `${row.type}/${row.id}`;
    if (members.has(key) || !isOfPatient(services, row, patients)) return;
    members.set(key, row);
    frontier.push(row);
  };
  for (const [type, code, value] of foundations) {
    for (const patient of patients) {
      const { where } = services.parseSearch(type, [[code, value]], 'strict', {
        type: 'Patient',
        id: patient,
      });
      for await (const row of allRows(services, type, where)) take(row);
    }
  }
  while (frontier.length > 0) {
    const asked = frontier.filter(({ type }) => type !== 'Patient');
    frontier = [];
    for (const { body } of asked) {
      await pause();
      for (const key of linkedResources(body!, baseUrl)) {
        const [type = '', id = ''] = key.split('/');
        if ((type === 'Patient' || isInRecord(registry, type)) && type !== 'CarePlan' && !members.has(key))
          take(await store.read(type, id));
      }
    }
    for (const parameter of backward) {
      await pause();
      for await (const row of referring(services, parameter, asked)) take(row);
    }
  }
  return grouped([...members.values()]);
}

/** R4 leaves tasks out of the compartment of a patient; the reviews and follow-ups of a course belong to it. */
function isInRecord(registry: Services['registry'], type: string): boolean {
  return type === 'Task' || registry.patientCompartmentParameters(type).length > 0;
}

/** A patient is of his own record; what names no patient is of nobody's. */
function isOfPatient(
  { indexer }: Services,
  { type, id, body }: StoredVersion,
  patients: ReadonlySet<string>,
): boolean {
  if (type === 'Patient') return patients.has(id);
  if (type === 'Task') return patients.has(beneficiary(body!) ?? '');
  return indexer.index(JSON.parse(body!) as Resource).patients.some((patient) => patients.has(patient));
}

/** The id of the patient for whom a task is. */
function beneficiary(task: string): string | undefined {
  const { for: whom } = JSON.parse(task) as { readonly for?: { readonly reference?: string } };
  return whom?.reference?.match(/^Patient\/(.+)$/)?.[1];
}

/** A plan is part of another one; by any other relation it is a course of its own. */
function backwardParameters({ registry, parametersOf }: Services): Backward[] {
  return registry.resourceTypes
    .filter((type) => isInRecord(registry, type))
    .flatMap((type) =>
      [...parametersOf(type).values()]
        .filter((parameter) => parameter.type === 'reference' && belonging.has(parameter.code))
        .filter(({ code }) => type !== 'CarePlan' || code === 'part-of')
        .map(({ code, targets }) => ({ type, code, targets })),
    );
}

async function* referring(
  services: Services,
  { type, code, targets }: Backward,
  rows: readonly StoredVersion[],
): AsyncGenerator<StoredVersion> {
  const fitting = rows.filter((row) => targets.length === 0 || targets.includes(row.type));
  for (let start = 0; start < fitting.length; start += pageSize) {
    const some = fitting.slice(start, start + pageSize);
    const value = some.map((row) => `${row.type}/${row.id}`).join(',');
    const { where } = services.parseSearch(type, [[code, value]], 'strict');
    yield* allRows(services, type, where);
  }
}

async function* allRows({ store }: Services, type: string, where: PlanNode): AsyncGenerator<StoredVersion> {
  let after: Position | undefined;
  do {
    const query = { type, where, sort: [], limit: pageSize };
    const page: Page = await store.search({ ...query, ...(after ? { after } : {}) });
    yield* page.rows;
    after = page.next;
  } while (after);
}

function grouped(rows: readonly StoredVersion[]): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { type, id } of rows) ids.set(type, [...(ids.get(type) ?? []), id]);
  return ids;
}
