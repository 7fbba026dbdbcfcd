/**
 * A contained batch of queries whose answers a form names by the batch's id: `%PrePopQuery.entry[1].resource`.
 * https://hl7.org/fhir/uv/sdc/StructureDefinition-sdc-questionnaire-sourceQueries.html
 */
import { isObject, objectsOf } from '../../fhir/resource.ts';
import type { Environment, TypedValue } from '../../fhirpath/expression.ts';
import { filledQuery, runQuery } from './form-query.ts';
import { type Json, type Population, sdc } from './population.ts';

export async function sourceQueries(
  form: Json,
  focus: TypedValue,
  environment: Environment,
  population: Population,
): Promise<Record<string, readonly TypedValue[]>> {
  const found: Record<string, readonly TypedValue[]> = {};
  for (const { url, valueReference } of objectsOf(form.extension)) {
    if (url !== `${sdc}sourceQueries` || !isObject(valueReference)) continue;
    const id = String(valueReference.reference).replace(/^#/, '');
    const batch = objectsOf(form.contained).find((one) => one.id === id);
    const entry: Json[] = [];
    for (const { request } of objectsOf(batch?.entry)) {
      const asked = isObject(request) && typeof request.url === 'string' ? request.url : '';
      const query = filledQuery(asked, focus, environment, population);
      const resource =
        query === undefined ? undefined : await runQuery(query, population, 'Questionnaire.contained');
      // An entry without an answer keeps its place: the form counts them.
      entry.push(resource ? { resource } : {});
    }
    found[id] = [{ type: 'Bundle', value: { resourceType: 'Bundle', type: 'batch-response', entry } }];
  }
  return found;
}
