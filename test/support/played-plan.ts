/**
 * A plan that $apply stored, played through: the course of the tests of the rules, with its sessions moved to where
 * the plan has them, its medicine that of the plan, and something for every rule to judge.
 */
import { at, type CourseResources, concept, courseResources, loinc, quantity } from './course.ts';
import { snomed } from './whole-course.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

const criteria = [
  ...['bp-acceptable', 'hr-spo2-acceptable', 'oriented-alert', 'dissociation-resolved', 'ambulates'],
  ...['nausea-controlled', 'no-new-suicidal-intent', 'escort-present', 'instructions-given'],
];
const kilograms = 70;
const instant = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const hour = 3_600_000;
const day = 24 * hour;

export interface PlannedSession {
  readonly kind: string;
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly start: number;
}

/** The sessions that orders ask for, in the order of their dates. */
export function plannedSessions(orders: readonly Any[]): PlannedSession[] {
  return orders
    .map((order) => ({
      kind: order.code.coding[0].code,
      number: order.extension[0].valuePositiveInt,
      start: Date.parse(order.occurrencePeriod?.start ?? order.occurrenceDateTime),
    }))
    .toSorted((one, other) => one.start - other.start);
}

/**
 * @param planId of the CarePlan
 * @param sessions that it asks for
 * @param prescription that it asks for, if any
 */
export function playedPlan(
  planId: string,
  sessions: readonly PlannedSession[],
  prescription: Any | undefined,
): CourseResources {
  const count = (kind: string) => sessions.filter((session) => session.kind === kind).length;
  const milligrams = millgramsOf(prescription);
  const original = courseResources({
    sessions: count('medicine'),
    preparations: count('preparation'),
    ...(milligrams === undefined ? {} : { milligrams }),
    kilograms,
    status: 'completed',
  });
  const planned = new Map(sessions.map(({ kind, number, start }) => [`Procedure/${kind}-${number}`, start]));
  const moves = [...planned]
    .map(([key, start]) => ({ from: Date.parse(original.get(key).performedPeriod.start), to: start }))
    .toSorted((one, other) => one.from - other.from);
  /** A time moves with the session that began last before it. */
  const moved = (time: number): number => {
    const { from, to } = moves.findLast((move) => move.from <= time) ?? moves[0]!;
    return time + to - from;
  };
  const dropped = new Set(
    [...original].flatMap(([key, { encounter, code }]) => {
      const isSession = key.startsWith('Procedure/') && code?.coding[0].code !== 'course';
      return isSession && !planned.has(key) ? [key, encounter.reference] : [];
    }),
  );
  const played: CourseResources = new Map();
  for (const [key, resource] of original) {
    if (dropped.has(key) || key === 'CarePlan/plan') continue;
    const text = JSON.stringify(resource, (_, value) =>
      typeof value === 'string' && instant.test(value) ? at(moved(Date.parse(value))) : value,
    );
    played.set(key, JSON.parse(text.replaceAll('"CarePlan/plan"', `"CarePlan/${planId}"`)));
  }
  if (prescription) prescribe(played, prescription);
  // A weight is asked for anew after some weeks.
  const weight = played.get('Observation/weight');
  for (const { kind, number, start } of sessions) {
    if (kind !== 'medicine') continue;
    const partOf = [{ reference: `Procedure/medicine-${number}` }];
    const add = (id: string, time: number, more: object) =>
      played.set(`Observation/${id}-${number}`, {
        ...weight,
        valueQuantity: undefined,
        ...more,
        id: `${id}-${number}`,
        effectiveDateTime: at(time),
      });
    add('weight', start - hour, { valueQuantity: weight.valueQuantity });
    add('pregnancy', start - hour, {
      code: snomed('167252002'),
      valueCodeableConcept: snomed('60001007'),
    });
    add('risk', start + hour / 12, {
      partOf,
      code: loinc('93374-7'),
      valueCodeableConcept: concept('kat-suicide-risk', 'none-found'),
    });
    add('readiness', start + 3 * hour, {
      partOf,
      code: concept('kat-observation', 'discharge-readiness'),
      valueBoolean: true,
      component: criteria.map((code) => ({
        code: concept('kat-discharge-criterion', code),
        valueBoolean: true,
      })),
    });
  }
  const starts = sessions.flatMap(({ kind, start }) => (kind === 'medicine' ? start : []));
  for (const resource of besides(starts)) played.set(`${resource.resourceType}/${resource.id}`, resource);
  played.get('Patient/pat').gender = 'female';
  return played;
}

/** Scores around the sessions, a serious event at the first with its review, a note: as they are known at the end. */
function besides(starts: readonly number[]): Any[] {
  const [first = 0] = starts;
  const subject = { reference: 'Patient/pat' };
  const score = (id: string, time: number) => ({
    ...{ resourceType: 'Observation', id, status: 'final', subject, code: loinc('44261-6') },
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'survey' }] },
    ],
    effectiveDateTime: at(time),
    valueQuantity: quantity(12, '{score}'),
  });
  return [
    score('score-before', first - day),
    score('score-after', (starts.at(-1) ?? 0) + 2 * day),
    {
      ...{ resourceType: 'AdverseEvent', id: 'event', actuality: 'actual', subject },
      event: snomed('419045004'),
      date: at(first + hour),
    },
    {
      ...{ resourceType: 'Task', id: 'review', status: 'completed', intent: 'order', for: subject },
      focus: { reference: 'AdverseEvent/event' },
      owner: { reference: 'Practitioner/paul' },
      executionPeriod: { end: at(first + 5 * hour) },
    },
    {
      ...{ resourceType: 'DocumentReference', id: 'note', status: 'current', subject },
      meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' }] },
      type: concept('kat-document-type', 'psychotherapy-note'),
      content: [{ attachment: { title: 'A note' } }],
    },
  ];
}

/** What a session holds, for the moment at which it takes place: it and all that is part of it or of its visit. */
export function partsOf(resources: CourseResources, { kind, number }: PlannedSession): Any[] {
  const session = resources.get(`Procedure/${kind}-${number}`);
  const belongs = (resource: Any): boolean =>
    resource.partOf?.some(({ reference }: Any) => reference === `Procedure/${session.id}`) ||
    `Encounter/${resource.id}` === session.encounter.reference ||
    (kind === 'medicine' && resource.id === `weight-${number}`);
  return [session, ...[...resources.values()].filter((one) => one !== session && belongs(one))];
}

function millgramsOf(prescription: Any | undefined): number | undefined {
  const dose = prescription?.dosageInstruction[0].doseAndRate[0].doseQuantity;
  if (dose === undefined) return undefined;
  return dose.code === 'mg/kg' ? dose.value * kilograms : dose.value;
}

/** Gives what the plan prescribes, by its route. */
function prescribe(resources: CourseResources, prescription: Any): void {
  const { medicationCodeableConcept } = prescription;
  const [{ route }] = prescription.dosageInstruction;
  for (const resource of resources.values()) {
    if (resource.medicationCodeableConcept) resource.medicationCodeableConcept = medicationCodeableConcept;
    if (resource.dosage) resource.dosage.route = route;
    if (resource.dosageInstruction) resource.dosageInstruction[0].route = route;
  }
}
