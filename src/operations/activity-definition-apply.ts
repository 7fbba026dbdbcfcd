/**
 * ActivityDefinition/$apply: the order, task or prescription of one activity for one subject, as a draft.
 * https://w3id.org/kat-fhir/OperationDefinition/ActivityDefinition-apply
 */
import type { ActivityDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../core/issue.ts';
import type { Resource } from '../fhir/resource.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { activityRequest, dateRequest } from '../protocol/apply/activity-request.ts';
import { occurrenceOf } from '../protocol/apply/apply-plan.ts';
import { applyDynamicValues } from '../protocol/apply/dynamic-values.ts';
import { dropUnmetClaims } from '../protocol/apply/unmet-claims.ts';
import { type ApplyInput, applyInput } from './apply-input.ts';
import { elementModel } from './element-model.ts';
import type { Operation, OperationRequest } from './operation.ts';

export const activityDefinitionApply: Operation = {
  code: 'apply',
  levels: ['type', 'instance'],
  resources: ['ActivityDefinition'],
  affectsState: false,
  definition: 'https://w3id.org/kat-fhir/OperationDefinition/ActivityDefinition-apply',
  handle: apply,
};

async function apply(
  services: Services,
  context: RequestContext,
  request: OperationRequest,
): Promise<Result> {
  const { id, parameters, issues } = request;
  const input = await applyInput<ActivityDefinition>(services, context, 'ActivityDefinition', id, parameters);
  const found: Issue[] = [...issues];
  const made = input.subjects.map((subject) => requestFor(services, input, subject, found));
  const [only] = made;
  const several = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: made.map((resource) => ({ resource })),
  };
  return { status: 200, body: JSON.stringify(made.length === 1 ? only : several), issues: found };
}

function requestFor(
  services: Services,
  { definition, calendar, partiesOf, variables }: ApplyInput<ActivityDefinition>,
  subject: Resource,
  issues: Issue[],
): Resource {
  const at = 'ActivityDefinition';
  const words = { title: definition.title, description: definition.description };
  const request = activityRequest(undefined, definition, partiesOf(subject), words, at, issues);
  applyDynamicValues(
    request,
    { definition, action: {}, expression: at },
    {
      compile: services.patchEngine.compile,
      subject,
      variables: { subject, ...variables },
      now: services.clock.now(),
      issues,
    },
    elementModel(services.registry),
  );
  const length = calendar.length(definition.timingDuration);
  const window = { low: calendar.start, high: calendar.start, room: false, length };
  dateRequest(request, occurrenceOf(window, calendar), definition.timingTiming);
  issues.push(...dropUnmetClaims(request, (resource) => services.validator.validate(resource)));
  return request;
}
