/** How far a course has come, as far as a plan needs to know: what was held, decided, agreed, answered and done. */
import type {
  CarePlan,
  CodeableConcept,
  Consent,
  MedicationRequest,
  Observation,
  Procedure,
  QuestionnaireResponse,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';
import { codeIn, systems } from '../codes.ts';
import { courseOf } from '../course.ts';
import type { ResourceReader } from '../resource-reader.ts';
import type { SessionKind } from '../session.ts';
import { instantAfter, instantOf } from '../time.ts';

/** Something that took place, with its times as recorded. */
export interface Event {
  readonly start: string | undefined;
  readonly end: string | undefined;
}

export interface CourseProgress {
  /** Sessions that have begun. */
  readonly sessions: readonly (Event & { readonly kind: SessionKind; readonly number: number })[];
  /** Requests of the plan that were carried out, by the step they came from. */
  readonly done: ReadonlyMap<string, Event>;
  /** Prescriptions that stand, or stood, in the time of the plan. */
  readonly prescriptions: readonly (Event & { readonly medication: CodeableConcept | undefined })[];
  readonly decision: Event | undefined;
  readonly consent: Event | undefined;
  /** Completed answers, by the canonical of their form without its version, oldest first. */
  readonly answers: ReadonlyMap<string, readonly string[]>;
}

/** Nothing has happened yet. */
export const noProgress: CourseProgress = {
  sessions: [],
  done: new Map(),
  prescriptions: [],
  decision: undefined,
  consent: undefined,
  answers: new Map(),
};

const finalStatuses: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);
const answered: ReadonlySet<string> = new Set(['completed', 'amended']);
const standing: ReadonlySet<string> = new Set(['active', 'completed']);

/** @param plan that runs; what was done for its patient since it began counts */
export async function readProgress(plan: CarePlan, reader: ResourceReader): Promise<CourseProgress> {
  const reference = `CarePlan/${plan.id}`;
  const patient = plan.subject?.reference;
  if (patient === undefined) return noProgress;
  const ofPlan = [['based-on', reference]] as const;
  const ofPatient = [['patient', patient]] as const;
  const begun = plan.period?.start ?? plan.created;
  const courses = await reader.find<Procedure>('Procedure', [
    ...ofPlan,
    ['code', `${systems.sessionType}|course`],
  ]);
  const sessions = (
    await Promise.all(courses.map((course) => courseOf(course, reader, async () => undefined).sessions()))
  ).flat();
  const tasks = await reader.find<Task>('Task', ofPlan);
  const orders = await reader.find<ServiceRequest>('ServiceRequest', ofPlan);
  const prescriptions = await reader.find<MedicationRequest>('MedicationRequest', ofPatient);
  const decisions = await reader.find<Observation>('Observation', [
    ...ofPatient,
    ['code', `${systems.observation}|eligibility`],
  ]);
  const consents = await reader.find<Consent>('Consent', ofPatient);
  const responses = await reader.find<QuestionnaireResponse>('QuestionnaireResponse', ofPatient);

  const decision = decisions
    .filter(({ status, valueCodeableConcept }) => {
      const result = codeIn(valueCodeableConcept, systems.eligibility) ?? '';
      return finalStatuses.has(status ?? '') && result.endsWith('eligible') && !result.startsWith('not');
    })
    .map(({ effectiveDateTime, issued }) => effectiveDateTime ?? issued)
    .sort(byTime)
    .at(-1);
  const consent = consents.filter(({ status }) => status === 'active').map(({ dateTime }) => dateTime);
  return {
    sessions: sessions
      .filter(({ begun }) => begun)
      .map(({ kind, number, procedure: { performedPeriod, performedDateTime } }) => ({
        kind,
        number,
        start: performedPeriod?.start ?? performedDateTime,
        end: performedPeriod?.end ?? performedDateTime ?? performedPeriod?.start,
      })),
    done: new Map([
      ...tasks.flatMap(({ status, instantiatesUri, executionPeriod, lastModified }) =>
        status === 'completed' && instantiatesUri !== undefined
          ? [[instantiatesUri, eventAt(executionPeriod?.end ?? lastModified)] as const]
          : [],
      ),
      ...orders.flatMap(({ status, instantiatesUri, authoredOn }) =>
        status === 'completed'
          ? (instantiatesUri ?? []).map((uri) => [uri, eventAt(authoredOn)] as const)
          : [],
      ),
    ]),
    prescriptions: prescriptions
      .filter(({ status, authoredOn }) => standing.has(status ?? '') && !isBefore(authoredOn, begun))
      .map(({ medicationCodeableConcept: medication, authoredOn }) => ({
        medication,
        ...eventAt(authoredOn),
      })),
    decision: decision === undefined ? undefined : eventAt(decision),
    consent: consent.length === 0 ? undefined : eventAt(consent.sort(byTime).at(-1)),
    answers: answersByForm(responses, begun),
  };
}

function answersByForm(
  responses: readonly QuestionnaireResponse[],
  since: string | undefined,
): Map<string, string[]> {
  const answers = new Map<string, string[]>();
  for (const { status, questionnaire, authored } of responses) {
    const [form = ''] = questionnaire?.split('|') ?? [];
    if (!answered.has(status ?? '') || authored === undefined || isBefore(authored, since)) continue;
    answers.set(form, [...(answers.get(form) ?? []), authored].sort());
  }
  return answers;
}

function byTime(one: string | undefined, other: string | undefined): number {
  return (one ?? '').localeCompare(other ?? '');
}

/** Both as far as both say: a day is not before a time on it. */
function isBefore(time: string | undefined, other: string | undefined): boolean {
  if (time === undefined || other === undefined) return false;
  const [one, two] = [instantAfter(time), instantOf(other)];
  return one !== undefined && two !== undefined && one < two;
}

function eventAt(time: string | undefined): Event {
  return { start: time, end: time };
}
