/**
 * References up and down a hierarchy: `Procedure?location:below=Location/42` finds what refers to a location or to any
 * part of it, `:above` what refers to it or to anything that it is a part of.
 * https://hl7.org/fhir/R4/search.html#recursive
 */
import type { Condition, ConditionContext } from './condition-context.ts';
import type { Parameter } from './parameter.ts';
import { anyOf, invalidValue, termNode } from './params/kind.ts';
import { type ReferenceTerm, targetPrefix } from './params/reference.ts';
import type { PlanNode } from './plan.ts';

/** What R4 calls the parameter by which a resource is part of another of its type. */
const partOf = ['partof', 'part-of', 'parent'] as const;
/** Steps up or down: each is a search of its own. */
const maximumSteps = 8;

type Types = Pick<ConditionContext, 'parametersOf'>;

/** The types a parameter refers to that have a hierarchy. */
export function hierarchies({ targets }: Parameter, context: Types): readonly string[] {
  return targets.filter((type) => parentOf(type, context) !== undefined);
}

function parentOf(type: string, { parametersOf }: Types): Parameter | undefined {
  const parameters = parametersOf(type);
  const code = partOf.find((one) => parameters.get(one)?.targets.includes(type));
  return code && parameters.get(code);
}

/** @param terms what is referred to */
export function hierarchyCondition(
  parameter: Parameter,
  modifier: 'above' | 'below',
  terms: readonly ReferenceTerm[],
  context: ConditionContext,
): Condition {
  const types = hierarchies(parameter, context);
  const places = Map.groupBy(
    terms.map((term) => placeOf(term, types, parameter)),
    ({ type }) => type,
  );
  const nodes = [...places].flatMap(([type, found]) => {
    const ids = found.map(({ id }) => id);
    const parent = parentOf(type, context)!;
    return parameter.indexedAs.flatMap(({ name }): PlanNode[] => [
      ...ids.map((id) => termNode(targetPrefix(name, type) + id)),
      {
        kind: 'refers',
        termPrefix: targetPrefix(name, type),
        to: type,
        where: within(ids, type, parent.name, modifier, maximumSteps),
      },
    ]);
  });
  return { parameter: undefined, modifier: undefined, terms: [], node: anyOf(nodes), reads: types };
}

/** The resources themselves, or one that is so many steps from them. */
function within(
  ids: readonly string[],
  type: string,
  parent: string,
  modifier: 'above' | 'below',
  steps: number,
): PlanNode {
  const itself: PlanNode = { kind: 'ids', ids };
  if (steps === 0) return itself;
  const where = within(ids, type, parent, modifier, steps - 1);
  const next: PlanNode =
    modifier === 'below'
      ? { kind: 'refers', termPrefix: targetPrefix(parent, type), to: type, where }
      : { kind: 'referred', by: type, param: parent, where };
  return { kind: 'or', nodes: [itself, next] };
}

function placeOf(term: ReferenceTerm, types: readonly string[], parameter: Parameter) {
  if (term.by === 'id' && types.length === 1) return { type: types[0]!, id: term.id };
  const [type = '', id, ...rest] = term.by === 'target' ? term.target.split('/') : [];
  if (id !== undefined && rest.length === 0 && types.includes(type)) return { type, id };
  throw invalidValue(parameter, `with this modifier Type/id, where the type is one of: ${types.join(', ')}`);
}
