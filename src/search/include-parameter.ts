/** `_include` and `_revinclude`. https://hl7.org/fhir/R4/search.html#include */
import { refuse } from '../core/fhir-error.ts';
import type { Registry } from '../fhir/registry.ts';
import type { Include } from './search-request.ts';
import type { TypeParameters } from './type-parameters.ts';

export interface IncludeContext {
  readonly registry: Registry;
  /** The types searched. */
  readonly types: readonly string[];
  readonly parametersOf: (resourceType: string) => TypeParameters;
}

/**
 * `_include=Procedure:encounter:Encounter`, `Procedure:*` or `*`.
 * @param iterate `:iterate`: the source may be a type that is only included
 */
export function includesOf(value: string, iterate: boolean, context: IncludeContext): Include[] {
  const { types } = context;
  if (value === '*') {
    return types.map((sourceType) => ({ parameter: '*', targetType: undefined, sourceType, iterate }));
  }
  const include = parse(value, '_include', iterate, context);
  if (!iterate && !types.includes(include.sourceType)) {
    throw refuse('invalid-parameter', `'_include' follows references of ${types.join(', ')} here`, {
      hint: "References of included resources are followed by '_include:iterate'",
    });
  }
  return [include];
}

/** `_revinclude=Provenance:target`, `Provenance:*` or `*`: whatever refers to the types searched. */
export function revincludesOf(value: string, iterate: boolean, context: IncludeContext): Include[] {
  if (value === '*') {
    const { registry, types } = context;
    return registry.resourceTypes
      .map((sourceType): Include => ({ parameter: '*', targetType: undefined, sourceType, iterate }))
      .filter((include) => targetsOf(include, context).some((type) => types.includes(type)));
  }
  return [revincludeOf(value, iterate, context)];
}

function revincludeOf(value: string, iterate: boolean, context: IncludeContext): Include {
  const include = parse(value, '_revinclude', iterate, context);
  const { types } = context;
  const targets = targetsOf({ ...include, targetType: undefined }, context);
  const wanted = types.filter((type) => include.targetType === undefined || include.targetType === type);
  if (!iterate && !wanted.some((type) => targets.includes(type))) {
    throw refuse('invalid-parameter', `'_revinclude' names a reference that leads to ${types.join(', ')}`, {
      hint: "What refers to included resources is brought by '_revinclude:iterate'",
    });
  }
  return include;
}

function parse(
  value: string,
  name: string,
  iterate: boolean,
  { registry, parametersOf }: IncludeContext,
): Include {
  const [sourceType = '', parameter = '', targetType, ...rest] = value.split(':');
  if (rest.length > 0 || parameter === '') {
    throw refuse('invalid-parameter', `'${name}' takes Type:parameter or Type:parameter:TargetType`);
  }
  if (
    !registry.isResourceType(sourceType) ||
    (targetType !== undefined && !registry.isResourceType(targetType))
  ) {
    throw refuse('invalid-parameter', `'${name}' names a type that is not a resource type of R4`);
  }
  if (parameter !== '*' && parametersOf(sourceType).get(parameter)?.type !== 'reference') {
    const references = [...parametersOf(sourceType).values()].filter(({ type }) => type === 'reference');
    const codes = references.map(({ code }) => code).join(', ');
    throw refuse('unknown-parameter', `'${name}' of ${sourceType} takes one of: *, ${codes}`);
  }
  return { sourceType, parameter, targetType, iterate };
}

/** The resource types an include may bring. */
export function targetsOf({ sourceType, parameter, targetType }: Include, context: IncludeContext): string[] {
  if (targetType !== undefined) return [targetType];
  const parameters = context.parametersOf(sourceType);
  const followed = parameter === '*' ? [...parameters.values()] : [parameters.get(parameter)!];
  const references = followed.filter(({ type }) => type === 'reference');
  if (references.some(({ targets }) => targets.length === 0)) return [...context.registry.resourceTypes];
  return [...new Set(references.flatMap(({ targets }) => targets))];
}
