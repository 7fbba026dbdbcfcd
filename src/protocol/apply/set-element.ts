/**
 * Sets an element that a dynamic value names: a path of names, indexes and `extension('url')`, the simple part of
 * FHIRPath that the specification allows. https://hl7.org/fhir/R4/plandefinition-definitions.html#PlanDefinition.action.dynamicValue
 */
import type { Model, PropertyModel } from '../../fhir/model.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';

/** What is asked of the definitions. */
export interface ElementModel {
  readonly model: Model;
  /** The type of the value of an extension; undefined when it is not known, or has several. */
  extensionType(url: string): string | undefined;
}

type Json = Record<string, unknown>;

const stepPattern = /^(?:extension\('([^']+)'\)|([A-Za-z]\w*)(?:\[(\d+)\])?)(?:\.|$)/;

interface Step {
  readonly name: string;
  readonly url: string | undefined;
  readonly index: number | undefined;
}

/** @returns false when the path, or the value there, is not one of the resource's type; nothing is set then */
export function setElement(
  resource: Json,
  path: string,
  values: readonly TypedValue[],
  definitions: ElementModel,
): boolean {
  const steps = stepsOf(path.replace(/^(?:%?resource|\$this)\./, ''));
  if (!steps || values.length === 0) return false;
  const draft = structuredClone(resource);
  if (!setWithin(draft, String(resource.resourceType), steps, values, definitions)) return false;
  Object.assign(resource, draft);
  return true;
}

function stepsOf(path: string): Step[] | undefined {
  const steps: Step[] = [];
  let rest = path;
  while (rest !== '') {
    const match = stepPattern.exec(rest);
    if (!match) return undefined;
    const [all, url, name = 'extension', index] = match;
    steps.push({ name, url, index: index === undefined ? undefined : Number(index) });
    rest = rest.slice(all.length);
  }
  return steps.length === 0 ? undefined : steps;
}

function setWithin(
  element: Json,
  type: string,
  [step, ...rest]: readonly Step[],
  values: readonly TypedValue[],
  definitions: ElementModel,
): boolean {
  const shape = definitions.model.type(type);
  if (!step || !shape) return false;
  const keyed = shape.key(step.name);
  const property = shape.property(step.name) ?? keyed?.property;
  if (!property || step.name === 'resourceType' || step.name === 'id') return false;
  if (rest.length === 0) {
    const wanted =
      step.name === 'value' && type === 'Extension' ? extensionType(element, definitions) : undefined;
    return setValue(element, property, keyed?.type ?? wanted, step.index, values);
  }
  const key = keyed ?? property.keys[0];
  if (!key || (property.choice && !keyed)) return false;
  const name = keyed ? step.name : property.keys[0]!.key;
  const child = childOf(element, name, property.array, step);
  return child !== undefined && setWithin(child, key.type, rest, values, definitions);
}

function extensionType(element: Json, { extensionType }: ElementModel): string | undefined {
  return typeof element.url === 'string' ? extensionType(element.url) : undefined;
}

function setValue(
  element: Json,
  property: PropertyModel,
  wanted: string | undefined,
  index: number | undefined,
  values: readonly TypedValue[],
): boolean {
  const [value, ...more] = values;
  const given = wanted ?? value?.type.replace(/^System\./, '');
  const key =
    property.keys.length === 1
      ? property.keys[0]
      : property.keys.find(({ type }) => type === given || type.toLowerCase() === given?.toLowerCase());
  if (!key || !value) return false;
  if (!property.array) {
    if (more.length > 0) return false;
    for (const other of property.keys) delete element[other.key];
    element[key.key] = value.value;
    return true;
  }
  if (index === undefined) element[key.key] = values.map((one) => one.value);
  else {
    const list = Array.isArray(element[key.key]) ? [...(element[key.key] as unknown[])] : [];
    if (index > list.length || more.length > 0) return false;
    list[index] = value.value;
    element[key.key] = list;
  }
  return true;
}

/** The element that a step leads to, made when it is not there. */
function childOf(element: Json, name: string, isList: boolean, { url, index = 0 }: Step): Json | undefined {
  if (!isList) {
    element[name] ??= {};
    return element[name] as Json;
  }
  element[name] ??= [];
  const list = element[name] as Json[];
  if (url !== undefined) {
    const found = list.find((one) => one.url === url);
    if (found) return found;
    const made: Json = { url };
    list.push(made);
    return made;
  }
  if (index > list.length) return undefined;
  list[index] ??= {};
  return list[index];
}
