/**
 * QuestionnaireResponse/$extract: what the answers mean as resources of their own, as a transaction that the client may
 * send. Nothing is stored.
 * https://hl7.org/fhir/uv/sdc/OperationDefinition-QuestionnaireResponse-extract.html
 */
import { refuse } from '../core/fhir-error.ts';
import { operationOutcome } from '../fhir/operation-outcome.ts';
import { isResource, objectsOf, type Resource } from '../fhir/resource.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { requirePresent } from '../interactions/read.ts';
import { extract as extractFrom } from '../questionnaire/extract/extract.ts';
import { formOf, requireValid } from './find-form.ts';
import { createFormReader } from './form-reader.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { oneOf } from './parameter-part.ts';
import { givenValue } from './read-parameters.ts';
import { type OutParameter, parametersResult } from './write-parameters.ts';

export const extract: Operation = {
  code: 'extract',
  levels: ['type', 'instance'],
  needsBody: ['type'],
  resources: ['QuestionnaireResponse'],
  affectsState: false,
  definition: 'http://hl7.org/fhir/uv/sdc/OperationDefinition/QuestionnaireResponse-extract',
  // For a form that the server does not know.
  also: [
    {
      name: 'questionnaire',
      use: 'in',
      min: 0,
      max: '1',
      type: 'Element',
      extension: oneOf('uri', 'Reference', 'Questionnaire'),
    },
  ],
  handle: extracted,
};

async function extracted(
  services: Services,
  context: RequestContext,
  request: OperationRequest,
): Promise<Result> {
  const response = await requestedResponse(services, request);
  const form = await formOfResponse(services, context, request, response);
  const { registry, ids, patchEngine } = services;
  const { resource, issues } = extractFrom(form, response, {
    ...patchEngine,
    now: services.clock.now(),
    newId: () => ids.next(),
    typeOf: (profile) => registry.structure(profile)?.type,
    earlier: await earlierObservations(services, context, response),
  });
  const said = [...request.issues, ...issues];
  const out: OutParameter[] = resource ? [{ name: 'return', resource }] : [];
  if (said.length > 0 || !resource)
    out.push({
      name: 'issues',
      resource: JSON.stringify(operationOutcome(said.length > 0 ? said : [nothing])),
    });
  return parametersResult(request.definition, out);
}

const nothing = {
  severity: 'information',
  code: 'informational',
  key: 'extract-nothing',
  text: 'The form says of no answer given that it is to be extracted',
} as const;

async function requestedResponse(
  services: Services,
  { type, id, parameters }: OperationRequest,
): Promise<Resource> {
  if (id !== '') return JSON.parse(requirePresent(await services.store.read(type, id)).body) as Resource;
  const response = givenValue<Resource>(parameters, 'questionnaire-response');
  if (!response) throw refuse('invalid-parameter', 'The parameter questionnaire-response is required');
  if (response.resourceType !== type)
    throw refuse('type-mismatch', 'The parameter questionnaire-response takes a QuestionnaireResponse');
  return requireValid(services, response);
}

/** The form handed in with it, one it contains, or the one it names. */
async function formOfResponse(
  services: Services,
  context: RequestContext,
  { parameters }: OperationRequest,
  { questionnaire, contained }: Resource,
): Promise<Resource> {
  const given = givenValue(parameters, 'questionnaire');
  if (given !== undefined) return formOf(services, context, given);
  if (typeof questionnaire !== 'string') {
    throw refuse('invalid-resource', 'The response does not say which questionnaire it answers', {
      expression: 'QuestionnaireResponse.questionnaire',
    });
  }
  if (!questionnaire.startsWith('#')) return formOf(services, context, questionnaire);
  const inside: unknown[] = Array.isArray(contained) ? contained : [];
  const form = inside.find((one) => isResource(one) && `#${one.id}` === questionnaire);
  return formOf(services, context, form);
}

/** What was extracted from the response before, so that it is updated and not made a second time. */
async function earlierObservations(
  services: Services,
  context: RequestContext,
  { id }: Resource,
): Promise<Resource[]> {
  if (id === undefined) return [];
  const query = `Observation?derived-from=QuestionnaireResponse/${id}&_count=1000`;
  const found = await createFormReader(services, context).search(query);
  return objectsOf(found?.entry).flatMap(({ resource }) =>
    isResource(resource) && resource.resourceType === 'Observation' && resource.status !== 'entered-in-error'
      ? [resource]
      : [],
  );
}
