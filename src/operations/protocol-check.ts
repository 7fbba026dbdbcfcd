/**
 * CarePlan/[id]/$protocol-check, the same of the Procedure that is the course, and $protocol-check of every running
 * course: how each rule of the protocol stands, and what shows it.
 * https://w3id.org/kat-fhir/OperationDefinition/CarePlan-protocol-check
 */
import type { Procedure } from '@medplum/fhirtypes';
import { refuse } from '../core/fhir-error.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import {
  createResourceReader,
  generalProtocol,
  memberOf,
  protocolByUrl,
  suicideItemOf,
} from '../interactions/protocol-reader.ts';
import { requirePresent } from '../interactions/read.ts';
import { checkCourse } from '../protocol/check-course.ts';
import { systems } from '../protocol/codes.ts';
import { courseOf, isCourse } from '../protocol/course.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import { ruleParameters } from '../protocol/rule-parameters.ts';
import { protocolRules } from '../protocol/rules/rules.ts';
import { instantOf } from '../protocol/time.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { type CheckedVerdict, checkedOutcome, resultPart } from './protocol-check-result.ts';
import { givenValue, givenValues } from './read-parameters.ts';
import { parametersResult } from './write-parameters.ts';

export const protocolCheck: Operation = {
  code: 'protocol-check',
  levels: ['system', 'instance'],
  resources: ['CarePlan', 'Procedure'],
  affectsState: false,
  definition: 'https://w3id.org/kat-fhir/OperationDefinition/CarePlan-protocol-check',
  asynchronous: true,
  handle: check,
};

async function check(services: Services, _: RequestContext, request: OperationRequest): Promise<Result> {
  const reader = createResourceReader(services, services.store);
  const rules = new Set(givenValues(request.parameters, 'rule'));
  const statuses = new Set(givenValues(request.parameters, 'status'));
  const asked = protocolRules.filter(({ key }) => rules.size === 0 || rules.has(key));
  const now = instantOf(givenValue(request.parameters, 'at') as string | undefined) ?? services.clock.now();
  const byUrl = protocolByUrl(reader);
  const general = await generalProtocol(reader);
  const membership = memberOf(services);
  const suicideItem = suicideItemOf(reader);
  const checked: CheckedVerdict[] = [];
  for (const procedure of await coursesAskedFor(services, reader, request)) {
    const course = courseOf(procedure, reader, byUrl);
    const plan = await course.carePlan();
    const parameters = ruleParameters([await course.protocol(), general]);
    const context = { parameters, now, memberOf: membership, suicideItemOf: suicideItem };
    const named = plan ? `CarePlan/${plan.id}` : course.reference;
    for (const { rule, verdicts } of await checkCourse(course, asked, context))
      for (const verdict of verdicts)
        if (statuses.size === 0 || statuses.has(verdict.status))
          checked.push({ course: named, rule: rule.key, verdict });
  }
  return parametersResult(request.definition, [
    ...checked.map(resultPart),
    { name: 'outcome', resource: checkedOutcome(checked) },
  ]);
}

/** The courses of a plan, the course itself, or every course that is running. */
async function coursesAskedFor(
  services: Services,
  reader: ResourceReader,
  { type, id }: OperationRequest,
): Promise<Procedure[]> {
  const course = ['code', `${systems.sessionType}|course`] as const;
  if (type === '') return reader.find<Procedure>('Procedure', [course, ['status', 'in-progress,on-hold']]);
  const { body } = requirePresent(await services.store.read(type, id));
  if (type === 'CarePlan')
    return reader.find<Procedure>('Procedure', [course, ['based-on', `CarePlan/${id}`]]);
  const procedure = JSON.parse(body) as Procedure;
  if (!isCourse(procedure))
    throw refuse('invalid-parameter', 'The Procedure is no course of therapy', {
      expression: 'Procedure.code',
    });
  return [procedure];
}
