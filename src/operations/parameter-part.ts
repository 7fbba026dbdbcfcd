/**
 * One item of `Parameters.parameter`, brought to the type that the definition of an operation gives it.
 * https://hl7.org/fhir/R4/parameters.html
 */
import type { OperationDefinitionParameter } from '@medplum/fhirtypes';
import { refuse } from '../core/fhir-error.ts';
import type { Registry } from '../fhir/registry.ts';
import { isObject, isResource } from '../fhir/resource.ts';

export interface Part {
  readonly name: string;
  readonly [member: string]: unknown;
}

const allowedType = 'http://hl7.org/fhir/StructureDefinition/operationdefinition-allowed-type';

/** Clients mix these up, and the text says the same in each. */
const texts: ReadonlySet<string> = new Set(
  'string,code,uri,url,canonical,id,oid,uuid,markdown,date,dateTime,instant,time'.split(','),
);
const numbers: ReadonlySet<string> = new Set(['integer', 'positiveInt', 'unsignedInt', 'decimal']);

/**
 * A parameter of a query.
 * @throws FhirError 400 for one that only a body can hold
 */
export function queryPart(
  registry: Registry,
  declared: OperationDefinitionParameter | undefined,
  name: string,
  text: string,
): Part {
  if (!declared?.type) return { name, valueString: text };
  const allowed = allowedTypes(declared);
  const isPrimitive = (one: string): boolean => registry.model.type(one)?.kind === 'primitive';
  const types = allowed.length > 0 ? allowed : [declared.type];
  const type = types.find(isPrimitive) ?? types.find((one) => one in written);
  if (type === undefined)
    throw refuse('invalid-parameter', `The parameter ${name} is no text: it goes in a Parameters resource`);
  const value = isPrimitive(type) ? fromText(type, text) : written[type]!(text);
  return { name, [valueKey(type)]: value };
}

/** Data types that have a way to be written as one text: a reference as it is, a concept as a search has it. */
const written: Readonly<Record<string, (text: string) => unknown>> = {
  Reference: (reference) => ({ reference }),
  CodeableConcept: (text) => {
    const [system, code] = text.split('|');
    return system && code ? { coding: [{ system, code }] } : { text };
  },
};

function fromText(type: string, text: string): unknown {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (numbers.has(type) && text !== '' && Number.isFinite(Number(text))) return Number(text);
  // A `+` before the hours of a zone, sent as it is, arrives as a space.
  if (type === 'instant' || type === 'dateTime') return text.replace(' ', '+');
  return text;
}

/**
 * A parameter as its definition has it.
 * @param path of the parameter
 * @throws FhirError 400 when it is of another type, or its parts are not those of the definition
 */
export function typedPart(
  registry: Registry,
  declared: OperationDefinitionParameter,
  part: Part,
  path: string,
): Part {
  const { name, type } = declared;
  const types = allowedTypes(declared);
  if (types.length > 0) return partOfAllowedType(registry, name!, types, part, path);
  if (type === undefined) return { name: name!, part: typedParts(registry, declared, part, path) };
  if (isResourceType(registry, type)) {
    const { resource } = part;
    if (!isResource(resource) || (registry.isResourceType(type) && resource.resourceType !== type))
      throw wrongType(name!, type, path);
    return { name: name!, resource };
  }
  const key = Object.keys(part).find((member) => member.startsWith('value'));
  if (key === undefined) throw wrongType(name!, type, path);
  const given = key.slice('value'.length);
  const wanted = valueKey(type);
  const fits =
    // The specification's names for any type of value.
    type === 'Element' || type === '*' || key === wanted || sameKind(lowerFirst(given), type);
  if (!fits) throw wrongType(name!, type, path);
  return { name: name!, [registry.model.type(type) && type !== 'Element' ? wanted : key]: part[key] };
}

/** A parameter that may be of several types, resources among them, as the definition lists them. */
function partOfAllowedType(
  registry: Registry,
  name: string,
  types: readonly string[],
  part: Part,
  path: string,
): Part {
  const { resource } = part;
  const key = Object.keys(part).find((member) => member.startsWith('value'));
  const fits = (type: string): boolean =>
    resource === undefined
      ? key === valueKey(type) || (key !== undefined && sameKind(lowerFirst(key.slice('value'.length)), type))
      : isResourceType(registry, type) &&
        isResource(resource) &&
        (type === resource.resourceType || !registry.isResourceType(type));
  if (!types.some(fits)) throw wrongType(name, types.join(' or '), path);
  return resource === undefined ? { name, [key!]: part[key!] } : { name, resource };
}

/** Says in a definition that a parameter of type Element has one of these types. */
export function oneOf(...types: string[]): { url: string; valueUri: string }[] {
  return types.map((valueUri) => ({ url: allowedType, valueUri }));
}

function allowedTypes({ extension = [] }: OperationDefinitionParameter): string[] {
  return extension.flatMap(({ url, valueUri }) => (url === allowedType && valueUri ? [valueUri] : []));
}

/** Whether a parameter of this type is a resource. `Any` is what the definitions call any of them. */
export function isResourceType(registry: Registry, type: string | undefined): boolean {
  return type === 'Any' || type === 'Resource' || (type !== undefined && registry.isResourceType(type));
}

function typedParts(
  registry: Registry,
  declared: OperationDefinitionParameter,
  part: Part,
  path: string,
): Part[] {
  const list: unknown[] = Array.isArray(part.part) ? part.part : [];
  const known = declared.part ?? [];
  const parts = list.map((one, index) => {
    const at = `${path}.part[${index}]`;
    const found = isObject(one) ? known.find(({ name }) => name === one.name) : undefined;
    if (!found) {
      throw refuse('unknown-parameter', `The parameter ${declared.name} has no such part`, {
        expression: at,
        hint: `It has: ${known.map(({ name }) => name).join(', ')}`,
      });
    }
    return typedPart(registry, found, one as Part, at);
  });
  for (const { name, min = 0, max } of known) {
    const count = parts.filter((one) => one.name === name).length;
    if (count < min || (max !== '*' && count > Number(max)))
      throw refuse('invalid-parameter', `The part ${name} is given ${min} to ${max} times`, {
        expression: path,
      });
  }
  return parts;
}

/** The text of a primitive value, as a query would have it. */
export function textOf(part: Part): string | undefined {
  const [value, ...more] = Object.keys(part)
    .filter((member) => member.startsWith('value'))
    .map((member) => part[member]);
  return more.length > 0 || value === undefined || typeof value === 'object' ? undefined : String(value);
}

/** `valueCanonical` for `canonical`. */
export function valueKey(type: string): string {
  return `value${type.charAt(0).toUpperCase()}${type.slice(1)}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function sameKind(one: string, other: string): boolean {
  return [texts, numbers].some((kind) => kind.has(one) && kind.has(other));
}

function wrongType(name: string, type: string, path: string) {
  return refuse('invalid-parameter', `The parameter ${name} takes a value of type ${type}`, {
    expression: path,
  });
}
