/**
 * The search parameters of one resource type, made ready once: expressions split by type, unions of other parameters
 * recognised, value types and code systems read off the definitions.
 */
import type { SearchParameter } from '@medplum/fhirtypes';
import type { Registry } from '../fhir/registry.ts';
import { codeSystemOf, type ElementAt, elementsAt } from './element-types.ts';
import { corrected, expressionParts, splitUnion } from './expression-parts.ts';
import type { Component, ExpressionPart, Parameter, ParameterType } from './parameter.ts';

/** Looked up by code. Parameters that nothing could be found by, most without an expression, are left out. */
export type TypeParameters = ReadonlyMap<string, Parameter>;

export type ParametersOf = (resourceType: string) => TypeParameters;

/**
 * @param custom definitions of clients, besides those of the registry, which win where both have a code
 * @returns the parameters of a type; computed at first use
 */
export function createTypeParameters(
  registry: Registry,
  custom: readonly SearchParameter[] = [],
): ParametersOf {
  const known = new Map<string, TypeParameters>();
  return (resourceType) => {
    let parameters = known.get(resourceType);
    if (!parameters) {
      parameters = parametersOf(registry, resourceType, custom);
      known.set(resourceType, parameters);
    }
    return parameters;
  };
}

function parametersOf(
  registry: Registry,
  resourceType: string,
  custom: readonly SearchParameter[],
): TypeParameters {
  const single = new Map<string, Parameter>();
  const added = custom.filter(({ base }) => base?.some((type) => registry.model.isA(resourceType, type)));
  for (const definition of [...added, ...registry.searchParameters(resourceType)]) {
    const parameter = parameterOf(registry, resourceType, definition, custom);
    if (parameter) single.set(parameter.code, parameter);
  }
  const all = [...single.values()];
  return new Map(
    all.map((parameter) => [parameter.code, { ...parameter, indexedAs: indexedAs(parameter, all) }]),
  );
}

/**
 * A definition as it applies to a type.
 * @param custom the definitions of clients, this one among them if it is one
 * @returns undefined when nothing of the type could be found by it
 */
export function parameterOf(
  registry: Registry,
  resourceType: string,
  definition: SearchParameter,
  custom: readonly SearchParameter[],
): Parameter | undefined {
  const { code, expression, type } = definition;
  if (code === undefined || expression === undefined || type === undefined || type === 'special')
    return undefined;
  const parts = expressionParts(expression, resourceType, registry.model);
  if (parts.length === 0) return undefined;
  const elements = allElements(registry, resourceType, parts);
  if (elements && !findsItsType(registry, type, elements)) return undefined;
  const narrowed = parts.flatMap(({ targetType }) => targetType ?? []);
  const parameter: Parameter = {
    name: `${resourceType}.${code}`,
    code,
    url: definition.url ?? '',
    custom: custom.includes(definition),
    type: type as ParameterType,
    parts,
    valueTypes: elements && new Set(elements.map((element) => element.type)),
    targets: narrowed.length === parts.length ? [...new Set(narrowed)] : (definition.target ?? []),
    components: type === 'composite' ? componentsOf(registry, definition, elements ?? [], custom) : [],
    indexedAs: [],
    systemOf: systemOf(registry, elements ?? []),
  };
  return { ...parameter, indexedAs: [parameter] };
}

/** What parameters of an ordered type can be compared with. */
const ordered: Readonly<Record<string, readonly string[]>> = {
  number: ['decimal', 'integer'],
  date: ['date', 'dateTime', 'instant', 'Period', 'Timing'],
  quantity: ['Quantity', 'Money', 'Range', 'SampledData'],
};

/** `Patient.age`, a number, is defined on the date of birth: what cannot match is better refused. */
function findsItsType(registry: Registry, type: string, elements: readonly ElementAt[]): boolean {
  const types = ordered[type];
  return !types || elements.some((element) => types.some((one) => registry.model.isA(element.type, one)));
}

function allElements(
  registry: Registry,
  from: string,
  parts: readonly ExpressionPart[],
): ElementAt[] | undefined {
  const found = parts.map((part) => elementsAt(registry, from, part.expression));
  return found.every((elements) => elements !== undefined) ? found.flat() : undefined;
}

function systemOf(registry: Registry, elements: readonly ElementAt[]): Parameter['systemOf'] {
  const lookups = elements
    .filter(({ type }) => type === 'code')
    .map((element) => codeSystemOf(registry, element));
  return (code) => {
    for (const lookup of lookups) {
      const system = lookup(code);
      if (system !== undefined) return system;
    }
    return undefined;
  };
}

function componentsOf(
  registry: Registry,
  composite: SearchParameter,
  bases: readonly ElementAt[],
  custom: readonly SearchParameter[],
): Component[] {
  return (composite.component ?? []).flatMap(({ definition, expression }) => {
    const part = registry.searchParameter(definition ?? '') ?? custom.find(({ url }) => url === definition);
    if (!part?.code || !part.type || expression === undefined) return [];
    const elements = bases.flatMap((base) =>
      splitUnion(corrected(expression)).flatMap((path) => elementsAt(registry, base.type, path) ?? []),
    );
    const parameter: Parameter = {
      name: part.code,
      code: composite.code ?? part.code,
      url: part.url ?? '',
      custom: custom.includes(part),
      type: part.type as ParameterType,
      parts: [],
      valueTypes: elements.length > 0 ? new Set(elements.map((element) => element.type)) : undefined,
      targets: part.target ?? [],
      components: [],
      indexedAs: [],
      systemOf: systemOf(registry, elements),
    };
    return [{ expression: corrected(expression), parameter }];
  });
}

/**
 * Fewer entries: a union such as `combo-code` is searched as the parameters it unites. Not as those of clients, which
 * come and go.
 */
function indexedAs(union: Parameter, all: readonly Parameter[]): readonly Parameter[] {
  if (union.type === 'reference' || union.parts.length < 2) return [union];
  const wanted = new Set(union.parts.map(keyOf));
  const members = all.filter(
    (other) =>
      !other.custom &&
      other.type === union.type &&
      other.parts.length < union.parts.length &&
      other.parts.every((part) => wanted.has(keyOf(part))) &&
      sameComponents(other, union),
  );
  const covered = new Set(members.flatMap((member) => member.parts.map(keyOf)));
  if (covered.size < wanted.size) return [union];
  return [...new Set(members.flatMap((member) => indexedAs(member, all)))];
}

function keyOf({ expression, targetType }: ExpressionPart): string {
  return `${expression} ${targetType ?? ''}`;
}

function sameComponents(one: Parameter, other: Parameter): boolean {
  return (
    one.components.length === other.components.length &&
    one.components.every(
      (component, i) =>
        component.expression === other.components[i]!.expression &&
        component.parameter.type === other.components[i]!.parameter.type,
    )
  );
}
