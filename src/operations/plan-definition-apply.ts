/**
 * PlanDefinition/$apply: a plan of care from a protocol, laid out or stored; for a course that runs, what is still to
 * come. https://w3id.org/kat-fhir/OperationDefinition/PlanDefinition-apply
 */
import type { CarePlan, PlanDefinition } from '@medplum/fhirtypes';
import { refuse } from '../core/fhir-error.ts';
import type { Resource } from '../fhir/resource.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { createResourceReader, generalProtocol } from '../interactions/protocol-reader.ts';
import { type AppliedPlan, applyPlan } from '../protocol/apply/apply-plan.ts';
import { noProgress, readProgress } from '../protocol/apply/course-progress.ts';
import { type ApplyInput, applyInput, createResolve, requireKnown } from './apply-input.ts';
import { continuePlan } from './continue-plan.ts';
import { elementModel } from './element-model.ts';
import type { Operation, SubmittedRequest } from './operation.ts';
import { type GivenParameter, givenValue, readParameters } from './read-parameters.ts';
import { storePlan } from './store-plan.ts';

const definition = 'https://w3id.org/kat-fhir/OperationDefinition/PlanDefinition-apply';

export const planDefinitionApply: Operation = {
  code: 'apply',
  levels: ['type', 'instance'],
  resources: ['PlanDefinition'],
  affectsState: false,
  definition,
  // It stores what it makes when a body asks for it, and must know that there is one.
  handleSubmitted: apply,
};

async function apply(
  services: Services,
  context: RequestContext,
  submitted: SubmittedRequest,
): Promise<Result> {
  const { parameters, issues: read } = await readParameters(
    services,
    context,
    services.registry.operationDefinition(definition)!,
    submitted,
  );
  const persist = givenValue<boolean>(parameters, 'persist') ?? false;
  if (persist && submitted.text === undefined)
    throw refuse('invalid-parameter', 'A plan is stored by POST, with the parameters in its body');
  const input = await applyInput<PlanDefinition>(
    services,
    context,
    'PlanDefinition',
    submitted.id,
    parameters,
  );
  const issues = [...read];
  const reader = createResourceReader(services, services.store);
  const answers: string[] = [];
  for (const subject of input.subjects) {
    const running = await runningPlan(services, context, input.definition, subject, parameters);
    const applied = await planFor(services, input, subject, running, persist);
    if (!persist) answers.push(JSON.stringify(applied.carePlan));
    else if (running) answers.push(await continuePlan(services, context, running, applied, reader));
    else answers.push(await storePlan(services, context, applied.carePlan));
    // A plan that runs does not carry what was found on the way.
    if (persist && running) issues.push(...applied.issues);
  }
  const body = answers.length === 1 ? answers[0]! : bundleOf(answers);
  return { status: 200, body, issues };
}

async function planFor(
  services: Services,
  input: ApplyInput<PlanDefinition>,
  subject: Resource,
  running: CarePlan | undefined,
  persist: boolean,
): Promise<AppliedPlan> {
  const { clock, validator, patchEngine, store } = services;
  const reader = createResourceReader(services, store);
  const parties = input.partiesOf(subject);
  const now = clock.now();
  return applyPlan(
    input.definition,
    {
      subject,
      parties: {
        ...parties,
        requester: parties.requester ?? running?.author,
        authored: persist ? new Date(now).toISOString() : undefined,
        basedOn: running ? [{ reference: `CarePlan/${running.id}` }] : [],
      },
      calendar: input.calendar,
      running,
      progress: running ? await readProgress(running, reader) : noProgress,
      variables: input.variables,
      now,
    },
    {
      resolve: createResolve(services),
      compile: patchEngine.compile,
      definitions: elementModel(services.registry),
      findings: (resource) => validator.validate(resource),
      generalProtocol: await generalProtocol(reader),
    },
  );
}

/** The plan that runs: the one named, or the subject's active one of the same protocol, the newest of them. */
async function runningPlan(
  services: Services,
  { baseUrl }: RequestContext,
  { url }: PlanDefinition,
  subject: Resource,
  parameters: readonly GivenParameter[],
): Promise<CarePlan | undefined> {
  const reference = `${subject.resourceType}/${subject.id}`;
  const named = givenValue<string>(parameters, 'carePlan');
  if (named !== undefined) {
    const plan = await requireKnown(services, baseUrl, 'carePlan', named);
    const { subject: ofPlan } = plan as { subject?: { reference?: string } };
    if (plan.resourceType !== 'CarePlan' || ofPlan?.reference !== reference)
      throw refuse('invalid-parameter', 'The parameter carePlan takes a CarePlan of the subject');
    return plan as unknown as CarePlan;
  }
  if (url === undefined) return undefined;
  const found = await createResourceReader(services, services.store).find<CarePlan>('CarePlan', [
    ['subject', reference],
    ['status', 'active,on-hold'],
    ['instantiates-canonical', url],
  ]);
  return found.toSorted((one, other) => startOf(other).localeCompare(startOf(one)))[0];
}

function startOf({ period, id = '' }: CarePlan): string {
  return `${period?.start ?? ''} ${id}`;
}

function bundleOf(resources: readonly string[]): string {
  const entries = resources.map((text) => `{"resource":${text}}`);
  return `{"resourceType":"Bundle","type":"collection","entry":[${entries.join(',')}]}`;
}
