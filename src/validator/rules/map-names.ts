/**
 * The groups and rules that a StructureMap may call by name: its own, and those of maps that it imports.
 * https://hl7.org/fhir/R4/structuremap-definitions.html#StructureMap.import
 */
import { objectsOf, type Resource } from '../../fhir/resource.ts';
import type { RuleContext } from '../type-rules.ts';
import { membersOf } from './members.ts';

export interface MapNames {
  /** Whether a group of this name may be meant; true of any when a map that is imported is not known. */
  hasGroup(name: string): boolean;
  /** Whether a rule of this name is there. */
  hasRule(name: string): boolean;
  /** Of the inputs of the map's own group of this name, in their order, whether each is a target. */
  targets(name: string): readonly boolean[] | undefined;
}

/** What tools call the group that is found by the types, where a map in text names none. */
const byType = 'DefaultMappingGroupAnonymousAlias';

export function mapNames(map: Resource, { find }: RuleContext): MapNames {
  const urls = Array.isArray(map.import) ? map.import : [];
  const imported = urls.map((url: unknown) =>
    typeof url === 'string' ? find(url, 'StructureMap') : undefined,
  );
  const isOpen = imported.includes(undefined);
  const own = new Map(objectsOf(map.group).map((group) => [group.name, objectsOf(group.input)]));
  const others = new Set(imported.flatMap((one) => objectsOf(one?.group).map(({ name }) => name)));
  let rules: ReadonlySet<unknown> | undefined;
  return {
    hasGroup: (name) => isOpen || own.has(name) || others.has(name) || name === byType,
    hasRule(name) {
      rules ??= new Set(
        membersOf(map, new Set(['name']), new Set(['group', 'rule'])).map(({ value }) => value),
      );
      return rules.has(name);
    },
    targets: (name) => own.get(name)?.map(({ mode }) => mode === 'target'),
  };
}
