/**
 * Resources from templates that a form contains, each placed at an item; expressions in the template fill it.
 * https://hl7.org/fhir/uv/sdc/extraction.html#template-based-extraction
 */
import { isObject, objectsOf } from '../../fhir/resource.ts';
import type { Environment, TypedValue } from '../../fhirpath/expression.ts';
import { formFinding } from '../finding.ts';
import { extensionValue } from '../form.ts';
import { evaluate, formEnvironment } from '../form-environment.ts';
import { readForm } from '../read-form.ts';
import { adding, walkForm } from '../walk-form.ts';
import { allocatedIds } from './allocated-ids.ts';
import { entryRequest, partsOf } from './entry-request.ts';
import { type Extraction, type Json, newUrl, sdc } from './extraction.ts';
import { fillTemplate } from './fill-template.ts';

const templateUrl = `${sdc}templateExtract`;

export function extractByTemplate(extraction: Extraction): void {
  const { questionnaire, response, parts } = extraction;
  if (!JSON.stringify(questionnaire).includes(templateUrl)) return;
  const variables = allocatedIds(questionnaire, extraction);
  const focus: TypedValue = { type: 'QuestionnaireResponse', value: response };
  const form = readForm(questionnaire);
  const environment = adding(formEnvironment(form, response, parts), variables);
  extractBundle(extraction, focus, environment);
  extractAt(extraction, questionnaire, focus, environment, 'QuestionnaireResponse');
  walkForm(form, response, parts, { state: undefined, variables }, (place) => {
    const own = place.present ? allocatedIds(place.item.definition, extraction) : {};
    if (place.present) {
      const inner = adding(place.environment(), own);
      extractAt(extraction, place.item.definition, place.focus, inner, place.at.path);
    }
    return { state: undefined, variables: own };
  });
}

/** The templates that an item, or the form, asks for. */
function extractAt(
  extraction: Extraction,
  element: Json,
  focus: TypedValue,
  environment: Environment,
  path: string,
): void {
  for (const { url, extension } of objectsOf(element.extension)) {
    if (url !== templateUrl) continue;
    const says = partsOf(extension);
    const template = containedOne(extraction, says.template);
    if (!template) {
      extraction.issues.push(formFinding('extract-template', path));
      continue;
    }
    const { id: _id, ...content } = template;
    const resource = fillTemplate(content, focus, environment, extraction);
    if (!resource) continue;
    const { fullUrl, id, request } = entryRequest(resource, says, (expression) =>
      textOf(extraction, String(expression), focus, environment),
    );
    extraction.entries.push({
      fullUrl: fullUrl ?? newUrl(extraction),
      resource: id === undefined ? resource : { ...resource, id },
      request,
    });
  }
}

/** A transaction that is itself a template: its entries are filled in the light of the whole response. */
function extractBundle(extraction: Extraction, focus: TypedValue, environment: Environment): void {
  const reference = extensionValue(extraction.questionnaire, `${templateUrl}Bundle`);
  if (reference === undefined) return;
  const template = containedOne(extraction, reference);
  if (template?.resourceType !== 'Bundle') {
    extraction.issues.push(formFinding('extract-template', 'QuestionnaireResponse'));
    return;
  }
  const bundle = fillTemplate(template, focus, environment, extraction);
  for (const { fullUrl, resource, request } of objectsOf(bundle?.entry)) {
    if (!isObject(resource) || typeof resource.resourceType !== 'string') continue;
    extraction.entries.push({
      fullUrl: typeof fullUrl === 'string' ? fullUrl : newUrl(extraction),
      resource,
      request: isObject(request)
        ? (request as Record<string, string>)
        : { method: 'POST', url: resource.resourceType },
    });
  }
}

function containedOne(
  { questionnaire }: Extraction,
  reference: unknown,
): Record<string, unknown> | undefined {
  const wanted = isObject(reference) ? reference.reference : undefined;
  return objectsOf(questionnaire.contained).find(({ id }) => `#${String(id).replace(/^#/, '')}` === wanted);
}

function textOf(
  { parts }: Extraction,
  expression: string,
  focus: TypedValue,
  environment: Environment,
): string | undefined {
  const [first] = evaluate(expression, focus, environment, parts.compile) ?? [];
  return first?.value === undefined ? undefined : String(first.value);
}
