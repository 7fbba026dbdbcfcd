/**
 * `Questionnaire/$populate` without HTTP: a response in progress, with what is already known filled in, by expression or
 * from Observations.
 * https://hl7.org/fhir/uv/sdc/populate.html
 */
import type { Issue } from '../../core/issue.ts';
import { objectsOf, type Resource } from '../../fhir/resource.ts';
import type { Environment, TypedValue } from '../../fhirpath/expression.ts';
import { type AnswerValue, answerFromValue } from '../answer-from-value.ts';
import { formFinding } from '../finding.ts';
import { choiceOf, extensionValue, type FormItem, formItems } from '../form.ts';
import { type ExpressionParts, expressionsOf, formEnvironment } from '../form-environment.ts';
import { readForm } from '../read-form.ts';
import { adding } from '../walk-form.ts';
import { formValues, resourcesIn } from './form-query.ts';
import { launchContexts } from './launch-contexts.ts';
import { linkPeriod, observationAnswers } from './observation-answers.ts';
import { type Json, type PopulateInput, type PopulateReader, type Population, sdc } from './population.ts';
import { itemHead, settledResponse } from './settled-response.ts';
import { sourceQueries } from './source-queries.ts';

export interface Populated {
  readonly response: Resource;
  readonly issues: readonly Issue[];
}

interface Level {
  readonly environment: Environment;
  /** Of Observations, in milliseconds: an item's own, or that of a group above. */
  readonly period: number | undefined;
}

const variableUrl = 'http://hl7.org/fhir/StructureDefinition/variable';

/** @param form the Questionnaire */
export async function populate(
  form: Json,
  input: PopulateInput,
  reader: PopulateReader,
  parts: ExpressionParts,
): Promise<Populated> {
  const now = parts.now ?? Date.now();
  const population: Population = { input, reader, parts: { ...parts, now }, issues: [] };
  if (extensionValue(form, `${sdc}sourceStructureMap`) !== undefined)
    population.issues.push(formFinding('populate-map', 'Questionnaire'));
  const { url, version } = form;
  const canonical = typeof url === 'string' ? (version === undefined ? url : `${url}|${version}`) : undefined;
  const response = {
    resourceType: 'QuestionnaireResponse',
    ...(canonical === undefined ? {} : { questionnaire: canonical }),
    status: 'in-progress',
    ...(input.subject ? { subject: input.subject } : {}),
    ...encounterOf(input),
    authored: new Date(now).toISOString(),
  };
  const focus: TypedValue = { type: 'QuestionnaireResponse', value: response };
  const contexts = await launchContexts(form, population);
  const queried = adding(
    formEnvironment(readForm(form), response, { ...population.parts, variables: contexts }),
    {},
  );
  const sources = await sourceQueries(form, focus, queried, population);
  const known = await withVariables(adding(queried, sources), form, focus, population, 'Questionnaire');
  const [environment = known] = await contextsOf(form, false, known, focus, population, 'Questionnaire');
  const item = await fillItems(formItems(form), { environment, period: linkPeriod(form) }, focus, population);
  const all = { ...population.parts, variables: { ...environment.variables } };
  return {
    response: settledResponse(form, { ...response, item }, all, population),
    issues: population.issues,
  };
}

/** The encounter that the form is filled in at. */
function encounterOf({ contexts = {} }: PopulateInput): { encounter?: { reference: string } } {
  const [encounter] = [contexts.encounter ?? []].flat();
  if (encounter?.resourceType !== 'Encounter' || encounter.id === undefined) return {};
  return { encounter: { reference: `Encounter/${encounter.id}` } };
}

async function fillItems(
  items: readonly FormItem[],
  level: Level,
  focus: TypedValue,
  population: Population,
): Promise<Json[]> {
  const filled: Json[] = [];
  for (const item of items) {
    if (item.type === 'display') continue;
    const period = linkPeriod(item.definition) ?? level.period;
    const environment = await withVariables(level.environment, item.definition, focus, population, item.path);
    // A question that repeats has its answers side by side; only a group is there several times.
    const isMany = item.type === 'group' && item.definition.repeats === true;
    const contexts = await contextsOf(item.definition, isMany, environment, focus, population, item.path);
    for (const one of contexts) {
      const inner = { environment: one, period };
      filled.push(...(await fillItem(item, inner, focus, population)));
    }
  }
  return filled;
}

async function fillItem(
  item: FormItem,
  level: Level,
  focus: TypedValue,
  population: Population,
): Promise<Json[]> {
  const head = itemHead(item);
  const children = await fillItems(item.children, level, focus, population);
  if (item.type === 'group') return children.length > 0 ? [{ ...head, item: children }] : [];
  const answers = await answersFor(item, level, focus, population);
  const most = item.definition.repeats === true ? answers : answers.slice(0, 1);
  if (most.length === 0) return [];
  const below = children.length > 0 ? { item: children } : {};
  return [{ ...head, answer: most.map((answer) => ({ ...answer, ...below })) }];
}

/** By expression, else from Observations, else what the form begins with. */
async function answersFor(
  item: FormItem,
  { environment, period }: Level,
  focus: TypedValue,
  population: Population,
): Promise<readonly AnswerValue[]> {
  const [expression] = expressionsOf(item.definition, `${sdc}initialExpression`);
  if (expression) {
    const values = await formValues(expression, focus, environment, population, item.path);
    const answers = values.flatMap((value) => answerFromValue(item, value) ?? []);
    if (answers.length > 0) return answers;
  }
  if (period !== undefined) {
    const answers = await observationAnswers(item, period, population);
    if (answers.length > 0) return answers;
  }
  const selected = objectsOf(item.definition.answerOption).filter(
    ({ initialSelected }) => initialSelected === true,
  );
  return [...objectsOf(item.definition.initial), ...selected].flatMap((holder) => {
    const choice = choiceOf(holder, 'value');
    return choice ? [{ [`value${choice.type}`]: choice.value }] : [];
  });
}

/**
 * What the context of an element makes known to the items in it: of a group that is there several times, one
 * environment for each resource. As it is without such a context.
 */
async function contextsOf(
  element: Json,
  isMany: boolean,
  environment: Environment,
  focus: TypedValue,
  population: Population,
  path: string,
): Promise<readonly Environment[]> {
  const [context] = expressionsOf(element, `${sdc}itemPopulationContext`);
  if (context?.name === undefined) return [environment];
  const { name } = context;
  const values = resourcesIn(await formValues(context, focus, environment, population, path));
  if (!isMany) return [adding(environment, { [name]: values })];
  return values.map((value) => adding(environment, { [name]: [value] }));
}

/** The variables an element declares, queries among them, each visible to the next. */
async function withVariables(
  outer: Environment,
  element: Json,
  focus: TypedValue,
  population: Population,
  path: string,
): Promise<Environment> {
  const declared = expressionsOf(element, variableUrl);
  let environment = outer;
  for (const one of declared) {
    if (one.name === undefined) continue;
    const values = await formValues(one, focus, environment, population, path);
    environment = adding(environment, { [one.name]: values });
  }
  return environment;
}
