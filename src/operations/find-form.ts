/**
 * The Questionnaire that an operation on forms is about: handed in, named by its canonical URL, or lying here.
 * https://hl7.org/fhir/uv/sdc/OperationDefinition-Questionnaire-populate.html
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import { gravestFirst, hasErrors } from '../core/issue.ts';
import { isObject, isResource, type Resource } from '../fhir/resource.ts';
import type { RequestContext, Services } from '../interactions/interaction.ts';
import type { Parameters } from '../interactions/search.ts';
import { findingsOnWrite } from '../interactions/submitted-resource.ts';

/**
 * @param value a resource, a Reference or a canonical URL
 * @throws FhirError 404 when it is not known here, 422 when a resource that was handed in is not valid
 */
export async function formOf(services: Services, context: RequestContext, value: unknown): Promise<Resource> {
  const form = isResource(value)
    ? await requireValid(services, value)
    : await findForm(services, context, isObject(value) ? value.reference : value);
  if (!form) throw refuse('not-found', 'The questionnaire is not known here');
  return form;
}

/** What comes from outside is held to what a write asks, before expressions in it are evaluated. */
export async function requireValid(services: Services, resource: Resource): Promise<Resource> {
  const [findings = []] = await findingsOnWrite(services, [{ resource, text: undefined }]);
  if (hasErrors(findings)) throw new FhirError(422, gravestFirst(findings));
  return resource;
}

/** @param target canonical URL, with or without a version, or a reference to this server */
async function findForm(
  { store, parseSearch }: Services,
  { baseUrl }: RequestContext,
  target: unknown,
): Promise<Resource | undefined> {
  if (typeof target !== 'string') return undefined;
  const local = target.startsWith(`${baseUrl}/`) ? target.slice(baseUrl.length + 1) : target;
  const id = /^Questionnaire\/([A-Za-z0-9\-.]{1,64})$/.exec(local)?.[1];
  if (id !== undefined) return parsed((await store.read('Questionnaire', id))?.body);
  const [url = '', version] = target.split('|');
  const parameters: Parameters = [['url', url], ...(version ? [['version', version] as const] : [])];
  return newestForm({ store, parseSearch }, parameters);
}

/** Of several versions the active one, and the newest of them. */
export async function newestForm(
  { store, parseSearch }: Pick<Services, 'store' | 'parseSearch'>,
  parameters: Parameters,
): Promise<Resource | undefined> {
  const { where, sort } = parseSearch('Questionnaire', [...parameters, ['_sort', '-date']], 'strict');
  const { rows } = await store.search({ type: 'Questionnaire', where, sort, limit: 100 });
  const forms = rows.flatMap(({ body }) => parsed(body) ?? []);
  return forms.find(({ status }) => status === 'active') ?? forms[0];
}

function parsed(body: string | undefined): Resource | undefined {
  return body === undefined ? undefined : (JSON.parse(body) as Resource);
}
