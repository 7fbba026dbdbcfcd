/**
 * Resources whose elements are named by the definitions of items: an answer goes to the element its item is defined by.
 * https://hl7.org/fhir/uv/sdc/extraction.html#definition-based-extraction
 */
import { isObject, objectsOf } from '../../fhir/resource.ts';
import type { Environment, TypedValue } from '../../fhirpath/expression.ts';
import { formFinding } from '../finding.ts';
import { choiceOf } from '../form.ts';
import { evaluate, formEnvironment } from '../form-environment.ts';
import { readForm } from '../read-form.ts';
import { adding, type Place, walkForm } from '../walk-form.ts';
import { allocatedIds } from './allocated-ids.ts';
import { type ElementTarget, setElement } from './element-target.ts';
import { entryRequest, partsOf } from './entry-request.ts';
import { type Extraction, type Json, newUrl, sdc } from './extraction.ts';

const resourceUrl = `${sdc}definitionExtract`;
const valueUrl = `${sdc}definitionExtractValue`;

/** A resource that is being made. Only one is at a time: a new one takes the place of the one above. */
interface Target {
  readonly definition: string;
  readonly element: ElementTarget;
}

export function extractByDefinition(extraction: Extraction): void {
  const { questionnaire, response, parts } = extraction;
  if (!JSON.stringify(questionnaire).includes(resourceUrl)) return;
  const variables = allocatedIds(questionnaire, extraction);
  const focus: TypedValue = { type: 'QuestionnaireResponse', value: response };
  const form = readForm(questionnaire);
  const environment = adding(formEnvironment(form, response, parts), variables);
  const root = beginResource(extraction, questionnaire, focus, environment);
  if (root) setValues(extraction, questionnaire, root, focus, environment, 'QuestionnaireResponse');
  walkForm(form, response, parts, { state: root, variables }, (place, above) => {
    if (!place.present) return { state: above };
    const own = allocatedIds(place.item.definition, extraction);
    const inner = adding(place.environment(), own);
    const begun = beginResource(extraction, place.item.definition, place.focus, inner);
    return { state: extractPlace(extraction, place, begun ?? above, inner), variables: own };
  });
  dropEmpty(extraction);
}

/** Puts the answers of an item, and what else it says, where they belong. */
function extractPlace(
  extraction: Extraction,
  place: Place,
  target: Target | undefined,
  environment: Environment,
): Target | undefined {
  if (!target) return undefined;
  const { definition } = place.item;
  const path = pathOf(definition.definition, target);
  const answers = place.answers.flatMap(({ value }) => choiceOf(value, 'value') ?? []);
  if (place.item.type !== 'group' && answers.length === 0) return target;
  // A group that is an element holds what is below it; the elements above an answer are its own as well.
  const opened = path === undefined ? target : openedAt(target, path, place.item.type === 'group');
  if (path !== undefined) {
    for (const { type, value } of answers) {
      put(extraction, opened, path, { type: typeName(type), value }, place);
    }
  }
  setValues(extraction, definition, opened, place.focus, environment, place.at.path);
  return opened;
}

/** `Coding`, `string`: the FHIR type of a suffix of `value[x]`. */
function typeName(suffix: string): string {
  const complex = ['Coding', 'Quantity', 'Reference', 'Attachment'];
  return complex.includes(suffix) ? suffix : suffix.charAt(0).toLowerCase() + suffix.slice(1);
}

/** Elements along the path that repeat are begun anew. */
function openedAt(target: Target, path: readonly string[], whole: boolean): Target {
  const steps = whole ? path : path.slice(0, -1);
  const opened = new Map(target.element.opened);
  const known = longestOpen(target.element, steps);
  for (let length = known + 1; length <= steps.length; length++) {
    opened.set(steps.slice(0, length).join('.'), {});
  }
  return { ...target, element: { ...target.element, opened } };
}

/** How many steps of the path lead into an element that a group above has begun. */
function longestOpen({ opened }: ElementTarget, path: readonly string[]): number {
  for (let length = path.length; length > 0; length--) {
    if (opened.has(path.slice(0, length).join('.'))) return length;
  }
  return 0;
}

/** The values that an item states or computes besides its answers. */
function setValues(
  extraction: Extraction,
  element: Json,
  target: Target,
  focus: TypedValue,
  environment: Environment,
  at: string,
): void {
  for (const { url, extension } of objectsOf(element.extension)) {
    if (url !== valueUrl) continue;
    const says = partsOf(extension);
    const path = pathOf(says.definition, target);
    if (path === undefined) continue;
    for (const value of statedValues(extraction, says, focus, environment, at)) {
      if (!setElement(target.element, path, value, extraction.parts.model)) {
        extraction.issues.push(formFinding('extract-element', at));
      }
    }
  }
}

function statedValues(
  extraction: Extraction,
  says: Json,
  focus: TypedValue,
  environment: Environment,
  at: string,
): readonly TypedValue[] {
  if (says['fixed-value'] !== undefined) return [{ type: '', value: says['fixed-value'] }];
  const expression = isObject(says.expression) ? says.expression.expression : undefined;
  if (typeof expression !== 'string') return [];
  const values = evaluate(expression, focus, environment, extraction.parts.compile);
  if (!values) extraction.issues.push(formFinding('extract-expression', at));
  return values ?? [];
}

function put(
  extraction: Extraction,
  target: Target,
  path: readonly string[],
  value: TypedValue,
  place: Place,
): void {
  if (setElement(target.element, path, value, extraction.parts.model)) return;
  extraction.issues.push(formFinding('extract-element', place.at.path, place.item.linkId));
}

/** The resource that an item, or the form, begins. */
function beginResource(
  extraction: Extraction,
  element: Json,
  focus: TypedValue,
  environment: Environment,
): Target | undefined {
  const extension = objectsOf(element.extension).find(({ url }) => url === resourceUrl);
  if (!extension) return undefined;
  const says = partsOf(extension.extension);
  const definition = String(says.definition).split('|')[0]!;
  const { model, typeOf, compile } = extraction.parts;
  const type = typeOf?.(definition) ?? definition.split('/').at(-1)!;
  if (model.type(type)?.kind !== 'resource') {
    extraction.issues.push(formFinding('extract-element', 'QuestionnaireResponse'));
    return undefined;
  }
  const isProfile = definition !== `http://hl7.org/fhir/StructureDefinition/${type}`;
  const resource: Record<string, unknown> = {
    resourceType: type,
    ...(isProfile ? { meta: { profile: [definition] } } : {}),
  };
  const { fullUrl, request } = entryRequest(resource, says, (expression) => {
    const [first] = evaluate(String(expression), focus, environment, compile) ?? [];
    return first?.value === undefined ? undefined : String(first.value);
  });
  extraction.entries.push({ fullUrl: fullUrl ?? newUrl(extraction), resource, request });
  return { definition, element: { resource, type, opened: new Map() } };
}

/** The steps below the resource: `name`, `family` of `…/Patient#Patient.name.family`; undefined for another one. */
function pathOf(definition: unknown, target: Target): string[] | undefined {
  if (typeof definition !== 'string') return undefined;
  const [canonical, path] = definition.split('#');
  const [type, ...steps] = (path ?? '').split('.');
  if (canonical?.split('|')[0] !== target.definition || type !== target.element.type) return undefined;
  return steps.length > 0 ? steps : undefined;
}

/** A resource that got no element is none; one with an id of its own is put in its place. */
function dropEmpty({ entries }: Extraction): void {
  for (let index = entries.length - 1; index >= 0; index--) {
    const { resource, request } = entries[index]!;
    const content = Object.keys(resource).filter((key) => key !== 'resourceType' && key !== 'meta');
    if (content.length === 0) entries.splice(index, 1);
    else if (typeof resource.id === 'string' && request.method === 'POST') {
      const url = `${request.url}/${resource.id}`;
      entries[index] = { ...entries[index]!, request: { ...request, method: 'PUT', url } };
    }
  }
}
