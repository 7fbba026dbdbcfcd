/**
 * Questionnaire/$populate: a response in progress, with what is already known filled in. Nothing is stored.
 * https://hl7.org/fhir/uv/sdc/OperationDefinition-Questionnaire-populate.html
 */
import type { OperationDefinitionParameter } from '@medplum/fhirtypes';
import { refuse } from '../core/fhir-error.ts';
import type { Issue } from '../core/issue.ts';
import { operationOutcome } from '../fhir/operation-outcome.ts';
import { isObject, isResource, type Resource } from '../fhir/resource.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { requirePresent } from '../interactions/read.ts';
import { formFinding } from '../questionnaire/finding.ts';
import { populate as populateForm } from '../questionnaire/populate/populate.ts';
import type { PopulateReader } from '../questionnaire/populate/population.ts';
import { formOf, newestForm } from './find-form.ts';
import { closedReader, createFormReader } from './form-reader.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { oneOf } from './parameter-part.ts';
import { type GivenParameter, givenValue, givenValues } from './read-parameters.ts';
import { parametersResult } from './write-parameters.ts';

type In = OperationDefinitionParameter;

/** Names of versions 2.7 to 3.0, and what 4.0.0 adds to its ballot. */
const otherVersions: In[] = [
  { name: 'canonical', use: 'in', min: 0, max: '1', type: 'canonical' },
  { name: 'questionnaireRef', use: 'in', min: 0, max: '1', type: 'Reference' },
  {
    name: 'launchContext',
    use: 'in',
    min: 0,
    max: '*',
    part: [
      { name: 'name', use: 'in', min: 1, max: '1', type: 'string' },
      {
        name: 'content',
        use: 'in',
        min: 1,
        max: '*',
        type: 'Element',
        extension: oneOf('Reference', 'Resource'),
      },
    ],
  },
  { name: 'data', use: 'in', min: 0, max: '1', type: 'Bundle' },
  {
    name: 'dataEndpoint',
    use: 'in',
    min: 0,
    max: '1',
    type: 'Element',
    extension: oneOf('uri', 'Reference', 'Endpoint'),
  },
];

export const populate: Operation = {
  code: 'populate',
  levels: ['type', 'instance'],
  resources: ['Questionnaire'],
  affectsState: false,
  definition: 'http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-populate',
  also: otherVersions,
  handle: populated,
};

async function populated(
  services: Services,
  context: RequestContext,
  request: OperationRequest,
): Promise<Result> {
  const { parameters, definition } = request;
  const form = await requestedForm(services, context, request);
  const local = createFormReader(services, context);
  const issues: Issue[] = [...request.issues];
  if (parameters.some(({ name }) => name === 'data' || name === 'dataEndpoint'))
    issues.push(formFinding('populate-source', 'Parameters'));

  const subject = givenValue<Record<string, unknown>>(parameters, 'subject');
  const contexts = await contextsOf(parameters, local, issues);
  // `local` false: only with what was handed in. Whoever leaves it out asks this server for what it knows.
  const reader = givenValue<boolean>(parameters, 'local') === false ? closedReader : local;
  const { compile } = services.patchEngine;
  const input = { contexts, ...(subject ? { subject } : {}) };
  const filled = await populateForm(form, input, reader, { compile, now: services.clock.now() });
  issues.push(...filled.issues);
  return parametersResult(definition, [
    { name: 'response', resource: filled.response },
    ...(issues.length > 0 ? [{ name: 'issues', resource: JSON.stringify(operationOutcome(issues)) }] : []),
  ]);
}

/** Of the instance that was asked; else the one that exactly one parameter names. */
async function requestedForm(
  services: Services,
  context: RequestContext,
  { type, id, parameters }: OperationRequest,
): Promise<Resource> {
  if (id !== '') return JSON.parse(requirePresent(await services.store.read(type, id)).body) as Resource;
  const [given, ...more] = parameters.filter(({ name }) => formParameters.has(name));
  if (!given || more.length > 0) {
    throw refuse('invalid-parameter', 'One parameter names the questionnaire, and only one', {
      hint: [...formParameters].join(', '),
    });
  }
  if (given.name !== 'identifier') return formOf(services, context, given.value);
  const { system = '', value = '' } = given.value as { system?: string; value?: string };
  const token = [system, value].map((part) => part.replace(/[\\,$|]/g, '\\$&')).join('|');
  const found = await newestForm(services, [['identifier', token]]);
  return formOf(services, context, found);
}

const formParameters: ReadonlySet<string> = new Set([
  'questionnaire',
  'canonical',
  'questionnaireRef',
  'identifier',
]);

/** Launch contexts by name; what a reference leads to, when it lies here. */
async function contextsOf(
  parameters: readonly GivenParameter[],
  reader: PopulateReader,
  issues: Issue[],
): Promise<Record<string, Resource[]>> {
  const contexts: Record<string, Resource[]> = {};
  for (const { name, parts } of parameters) {
    if (name !== 'context' && name !== 'launchContext') continue;
    const key = givenValue<string>(parts, 'name') ?? '';
    for (const content of givenValues(parts, 'content')) {
      const resource = isResource(content) ? content : await referenced(content, reader);
      if (resource) contexts[key] = [...(contexts[key] ?? []), resource];
      else issues.push(formFinding('populate-context', 'Parameters'));
    }
  }
  return contexts;
}

async function referenced(content: unknown, reader: PopulateReader): Promise<Resource | undefined> {
  const reference = isObject(content) ? content.reference : undefined;
  return typeof reference === 'string' ? reader.read(reference) : undefined;
}
