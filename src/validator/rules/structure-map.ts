/**
 * The groups of a StructureMap: they are told apart by their names, as are the inputs of each, which are of types that
 * there are and are used as the map says; what a group extends is there.
 * https://hl7.org/fhir/R4/structuremap-definitions.html#StructureMap.group
 */
import type { Issue } from '../../core/issue.ts';
import { objectsOf, type Resource } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule } from '../type-rules.ts';
import { mapNames } from './map-names.ts';
import { ruleIssues } from './map-rules.ts';
import { mapTypes } from './map-types.ts';
import { variablesOf } from './map-variables.ts';

type Element = Record<string, unknown>;

export const structureMapRule: TypeRule = (map, context) => {
  const names = mapNames(map, context);
  const types = mapTypes(map, context);
  const known = new Set<unknown>();
  return objectsOf(map.group).flatMap((group, index) => {
    const place = `StructureMap.group[${index}]`;
    const isTwice = known.has(group.name);
    known.add(group.name);
    const inputs = objectsOf(group.input);
    const variables = variablesOf(
      inputs.map(({ name, mode, type }) => ({ name, isTarget: mode === 'target', types: types.named(type) })),
    );
    const isUnknown = typeof group.extends === 'string' && !names.hasGroup(group.extends);
    return [
      ...(isTwice ? [ruleIssue('map-group-duplicate', `${place}.name`, 'group')] : []),
      ...(isUnknown ? [ruleIssue('map-group', `${place}.extends`)] : []),
      ...inputIssues(inputs, map, `${place}.input`, context),
      ...ruleIssues(group.rule, variables, place, { names, types, context }),
    ];
  });
};

/** By the mode of a structure: as what the type is an input. */
const modes: Readonly<Record<string, readonly string[]>> = {
  source: ['source'],
  queried: ['source'],
  target: ['target', 'source'],
  produced: ['target', 'source'],
};

function inputIssues(
  inputs: readonly Element[],
  map: Resource,
  place: string,
  context: RuleContext,
): Issue[] {
  const structures = objectsOf(map.structure);
  const known = new Set<unknown>();
  return inputs.flatMap(({ name, mode, type }, index): Issue[] => {
    const isTwice = known.has(name);
    known.add(name);
    if (isTwice) return [ruleIssue('map-group-duplicate', `${place}[${index}].name`, 'input of the group')];
    if (typeof type !== 'string' || type.includes(':')) return [];
    const aliased = structures.filter(({ alias }) => alias === type);
    const isUsed = aliased.some((one) => modes[String(one.mode)]?.includes(String(mode)) ?? true);
    if (aliased.length > 0)
      return isUsed ? [] : [ruleIssue('map-input', `${place}[${index}]`, 'not used as the structure is')];
    const isKnown =
      context.model.type(type) !== undefined ||
      structures.some(({ url }) => typeof url === 'string' && url.endsWith(`/${type}`));
    return isKnown ? [] : [ruleIssue('map-input', `${place}[${index}].type`, 'of no type of this name')];
  });
}
