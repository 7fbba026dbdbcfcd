/**
 * CarePlan/[id]/$protocol-check, the same of the Procedure that is the course, and $protocol-check of every running
 * course, page by page: how each rule of the protocol stands, and what shows it.
 * https://w3id.org/kat-fhir/OperationDefinition/CarePlan-protocol-check
 */
import type { Procedure } from '@medplum/fhirtypes';
import { refuse } from '../core/fhir-error.ts';
import { createPauses } from '../core/pauses.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { parsePlain } from '../interactions/plain-references.ts';
import { createResourceReader, protocolByUrl } from '../interactions/protocol-reader.ts';
import { requirePresent } from '../interactions/read.ts';
import { systems } from '../protocol/codes.ts';
import { courseOf, isCourse } from '../protocol/course.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { ProtocolRule, Verdict } from '../protocol/rule.ts';
import { protocolRules } from '../protocol/rules/rules.ts';
import { instantOf } from '../protocol/time.ts';
import { verdict } from '../protocol/verdict.ts';
import type { Position } from '../search/plan.ts';
import { courseChecker } from './course-checker.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { nextPage } from './operation-paging.ts';
import { type CheckedVerdict, checkedOutcome, resultPart } from './protocol-check-result.ts';
import { givenValue, givenValues } from './read-parameters.ts';
import { parametersResult } from './write-parameters.ts';

export const protocolCheck: Operation = {
  code: 'protocol-check',
  levels: ['system', 'instance'],
  resources: ['CarePlan', 'Procedure'],
  affectsState: false,
  definition: 'https://w3id.org/kat-fhir/OperationDefinition/CarePlan-protocol-check',
  paged: true,
  asynchronous: true,
  handle: check,
};

/** Courses on a page of the report over the whole server. */
const usualPage = 50;
const largestPage = 500;
const anyCourse = ['code', `${systems.sessionType}|course`] as const;

async function check(
  services: Services,
  context: RequestContext,
  request: OperationRequest,
): Promise<Result> {
  const asked = understand(services, request);
  const reader = createResourceReader(services, services.store);
  const judge = await courseChecker(services, reader);
  const byUrl = protocolByUrl(reader);
  const { courses, next } = await coursesAskedFor(services, reader, request);
  const checked: CheckedVerdict[] = [];
  const pause = createPauses();
  for (const procedure of courses) {
    await pause();
    const course = courseOf(procedure, reader, byUrl);
    const plan = await course.carePlan();
    const named = plan ? `CarePlan/${plan.id}` : course.reference;
    for (const { rule, verdicts } of await judge(course, asked.rules, asked.now))
      for (const one of verdicts)
        checked.push({ course: named, rule: rule.key, verdict: withEvidence(one, course.reference) });
  }
  if (request.type === 'CarePlan' && courses.length === 0)
    checked.push(...asked.rules.map((rule) => notBegun(rule, `CarePlan/${request.id}`)));
  const told = checked.filter((one) => asked.tells(one.verdict.status));
  return parametersResult(request.definition, [
    ...told.map(resultPart),
    { name: 'courses', value: courses.length },
    { name: 'outcome', resource: checkedOutcome(told) },
    ...(next ? [{ name: 'next', value: await nextPage(services, context, request, next) }] : []),
  ]);
}

interface Asked {
  readonly rules: readonly ProtocolRule[];
  readonly tells: (status: string) => boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

function understand(services: Services, { parameters }: OperationRequest): Asked {
  const given = (name: string, known: readonly string[]) => {
    const codes = givenValues<string>(parameters, name);
    if (codes.some((code) => !known.includes(code)))
      throw refuse('invalid-parameter', `The parameter ${name} takes ${known.join(', ')}`);
    return codes;
  };
  const keys = given(
    'rule',
    protocolRules.map(({ key }) => key),
  );
  const statuses = given('status', ['pass', 'fail', 'not-applicable', 'not-yet', 'overridden']);
  return {
    rules: protocolRules.filter(({ key }) => keys.length === 0 || keys.includes(key)),
    tells: (status) => statuses.length === 0 || statuses.includes(status),
    now: instantOf(givenValue<string>(parameters, 'at')) ?? services.clock.now(),
  };
}

/** Where nothing shows how a rule stands, the course itself does. */
function withEvidence(one: Verdict, course: string): Verdict {
  return one.resources.length + (one.evidence?.length ?? 0) > 0 ? one : { ...one, evidence: [course] };
}

const notBegun = ({ key }: ProtocolRule, plan: string): CheckedVerdict => ({
  course: plan,
  rule: key,
  verdict: verdict('not-yet', 'The course of the plan has not begun', [plan]),
});

interface CoursePage {
  readonly courses: readonly Procedure[];
  /** Where there are more. */
  readonly next?: Position | undefined;
}

/** The courses of a plan, the course itself, or every course that is running. */
async function coursesAskedFor(
  services: Services,
  reader: ResourceReader,
  request: OperationRequest,
): Promise<CoursePage> {
  const { type, id } = request;
  if (type === '') return runningCourses(services, request);
  const { body } = requirePresent(await services.store.read(type, id));
  if (type === 'CarePlan') {
    const found = await reader.find<Procedure>('Procedure', [anyCourse, ['based-on', `CarePlan/${id}`]]);
    return { courses: found.filter(({ status }) => status !== 'entered-in-error') };
  }
  const procedure = parsePlain<Procedure>(services, body);
  if (!isCourse(procedure))
    throw refuse('invalid-parameter', 'The Procedure is no course of therapy', {
      expression: 'Procedure.code',
    });
  return { courses: [procedure] };
}

async function runningCourses(
  services: Services,
  { parameters, position }: OperationRequest,
): Promise<CoursePage> {
  const count = givenValue<number>(parameters, '_count') ?? usualPage;
  if (count < 1) throw refuse('invalid-parameter', "'_count' takes 1 or more");
  const conditions: [string, string][] = [[...anyCourse], ['status', 'in-progress,on-hold']];
  const { where } = services.parseSearch('Procedure', conditions, 'strict');
  const { rows, next } = await services.store.search({
    ...{ type: 'Procedure', where, sort: [], limit: Math.min(count, largestPage) },
    ...(position ? { after: position } : {}),
  });
  return { courses: rows.map(({ body }) => parsePlain<Procedure>(services, body!)), next };
}
