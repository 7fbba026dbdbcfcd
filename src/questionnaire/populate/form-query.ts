/**
 * Queries of a form: `{{…}}` in them is FHIRPath. What has no value makes the whole query pointless, so that nobody
 * searches for more than the form means.
 * https://hl7.org/fhir/uv/sdc/expressions.html#fhirquery
 */
import { objectsOf, type Resource } from '../../fhir/resource.ts';
import type { Environment, TypedValue } from '../../fhirpath/expression.ts';
import { formFinding } from '../finding.ts';
import { evaluate, type FormExpression, fhirPathLanguage } from '../form-environment.ts';
import type { Population } from './population.ts';

export const queryLanguage = 'application/x-fhir-query';

/** The values of an expression of the form, a query among them; of what a search finds the Bundle. */
export async function formValues(
  { language, expression }: FormExpression,
  focus: TypedValue,
  environment: Environment,
  population: Population,
  path: string,
): Promise<readonly TypedValue[]> {
  if (language === fhirPathLanguage) {
    const values = evaluate(expression, focus, environment, population.parts.compile);
    if (!values) population.issues.push(formFinding('populate-expression', path));
    return values ?? [];
  }
  if (language !== queryLanguage) {
    population.issues.push(formFinding('populate-expression', path));
    return [];
  }
  const query = filledQuery(expression, focus, environment, population);
  if (query === undefined) return [];
  const found = await runQuery(query, population, path);
  return found ? [{ type: found.resourceType, value: found }] : [];
}

/** @returns undefined when an expression in the query has no value */
export function filledQuery(
  query: string,
  focus: TypedValue,
  environment: Environment,
  { parts }: Population,
): string | undefined {
  let complete = true;
  const filled = query.replace(/\{\{(.*?)\}\}/gs, (_, expression: string) => {
    const values = evaluate(expression, focus, environment, parts.compile) ?? [];
    if (values.length === 0) complete = false;
    return values.map(({ value }) => encodeURIComponent(String(value))).join(',');
  });
  return complete ? filled : undefined;
}

/** Only what lies on this server is asked for. */
export async function runQuery(
  query: string,
  { reader, issues }: Population,
  path: string,
): Promise<Resource | undefined> {
  const isSearch = /^[A-Z][A-Za-z]+\?/.test(query);
  const isRead = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.test(query);
  const found = isSearch ? await reader.search(query) : isRead ? await reader.read(query) : undefined;
  if (!found) issues.push(formFinding('populate-query', path));
  return found;
}

/** The resources that a value stands for: the matches of a Bundle, or the value itself. */
export function resourcesIn(values: readonly TypedValue[]): TypedValue[] {
  return values.flatMap((one) => {
    if (one.type !== 'Bundle') return [one];
    const entries = objectsOf((one.value as Record<string, unknown>).entry);
    return entries.flatMap(({ resource, search }) => {
      const { resourceType } = (resource ?? {}) as { resourceType?: string };
      const isOutcome = (search as { mode?: string } | undefined)?.mode === 'outcome';
      return resourceType && !isOutcome ? [{ type: resourceType, value: resource }] : [];
    });
  });
}
