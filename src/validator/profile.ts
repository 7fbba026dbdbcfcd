/**
 * A profile as checks: what it demands beyond the type it constrains, as closures over plain JSON. The type itself has
 * been checked by its own function, so an element that the profile leaves as it is costs nothing.
 * https://hl7.org/fhir/R4/profiling.html
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { isObject } from '../fhir/resource.ts';
import type { BaseElement, BaseElements } from './base-elements.ts';
import { bindingRule } from './checks/binding-rule.ts';
import { fixedCheck, patternCheck } from './checks/fixed.ts';
import { addedInvariants, type InvariantSurroundings } from './checks/invariant.ts';
import { narrativeControl } from './checks/narrative-control.ts';
import { maxLengthCheck, rangeCheck } from './checks/range.ts';
import { targetRule } from './checks/target-rule.ts';
import { typeRule } from './checks/type-rule.ts';
import type { Compilation, ProfileCheck, ValueCheck } from './compilation.ts';
import { scopeOf } from './conformance.ts';
import { type ElementNode, elementTree, typeCodes } from './element-tree.ts';
import type { CheckFactory, ProfileScope } from './profile-scope.ts';
import { type HolderCheck, mustSupportAdvice, propertyCheck } from './property.ts';

/** In the order in which findings are to appear. */
const factories: readonly CheckFactory[] = [
  typeRule,
  (definition, base, scope) => fixedCheck(definition, base, scope.profile),
  (definition, base, scope) => patternCheck(definition, base, scope.profile),
  maxLengthCheck,
  (definition, base, scope) => rangeCheck(definition, base, scope.profile),
  bindingRule,
  targetRule,
  narrativeControl,
  (definition, base, scope) => addedInvariants(definition, base, scope.compilation, scope.surroundings),
];

/** The checks of one instance of an element: its own and those of its children. */
function instanceCheck(
  node: ElementNode,
  base: BaseElement | undefined,
  scope: ProfileScope,
): ValueCheck | undefined {
  const checks: ValueCheck[] = [];
  for (const factory of factories) {
    const check = factory(node.definition, base?.definition, scope);
    if (check) checks.push(check);
  }
  const children = childrenCheck(node, base, scope);
  if (children) checks.push(holdsResource(node, scope) ? insideResource(children) : inside(children));
  return inTurn(checks);
}

const inside =
  (children: HolderCheck): ValueCheck =>
  (value, run) => {
    if (isObject(value)) children(value, run);
  };

/** Whether an element holds whole resources: then FHIRPath's `%resource` changes on the way in. */
function holdsResource({ definition }: ElementNode, { compilation }: ProfileScope): boolean {
  return typeCodes(definition).some(
    (code) => code === 'Resource' || compilation.registry.isResourceType(code),
  );
}

const insideResource =
  (children: HolderCheck): ValueCheck =>
  (value, run) => {
    if (!isObject(value)) return;
    const outer = run.scope;
    if (value !== outer.resource) run.scope = scopeOf(value, outer);
    children(value, run);
    run.scope = outer;
  };

function inTurn(checks: readonly ValueCheck[]): ValueCheck | undefined {
  const [first, ...more] = checks;
  if (first === undefined || more.length === 0) return first;
  return (value, run, type, companion) => {
    for (let i = 0; i < checks.length; i++) (checks[i] as ValueCheck)(value, run, type, companion);
  };
}

/** The checks of the elements inside an element. */
function childrenCheck(
  node: ElementNode,
  base: BaseElement | undefined,
  scope: ProfileScope,
): HolderCheck | undefined {
  const types = typeCodes(node.definition);
  const checks: HolderCheck[] = [];
  const advice: HolderCheck[] = [];
  for (const child of node.children) {
    const childBase = scope.bases.child(base, types, child.name);
    const check = propertyCheck(child, childBase, scope);
    const advise = mustSupportAdvice(child, childBase, scope);
    if (check) checks.push(check);
    if (advise) advice.push(advise);
  }
  if (checks.length === 0 && advice.length === 0) return undefined;
  return (holder, run) => {
    for (let i = 0; i < checks.length; i++) (checks[i] as HolderCheck)(holder, run);
    if (run.options.mustSupport === true) for (const advise of advice) advise(holder, run);
  };
}

/** Compiles a profile; the definition of a type itself demands nothing more than that type. */
export function compileProfile(
  structure: StructureDefinition,
  compilation: Compilation,
  surroundings: InvariantSurroundings,
  bases: BaseElements,
): ProfileCheck {
  const url = structure.url ?? '';
  const type = structure.type ?? '';
  const nothing: ValueCheck = () => undefined;
  const ofType = compilation.registry.typeStructure(type)?.url === url;
  if (ofType) return { url, type, structure, ancestors: new Set(), check: nothing };
  const tree = elementTree(structure);
  let compiled: ValueCheck | undefined;

  /** Compiled at the first use: profiles may refer to one another in a circle. */
  function body(): ValueCheck {
    if (!tree) return nothing;
    const scope: ProfileScope = {
      compilation,
      surroundings,
      bases,
      profile: url,
      instanceCheck: (node, base) => instanceCheck(node, base, scope),
    };
    return (
      instanceCheck({ ...tree, definition: withoutTypes(tree.definition) }, bases.root(type), scope) ??
      nothing
    );
  }

  const check: ValueCheck = (value, run, actual, companion) => {
    compiled ??= body();
    compiled(value, run, actual, companion);
  };
  return { url, type, structure, ancestors: ancestorsOf(structure, compilation), check };
}

/** The profiles above a profile, up to the type. */
function ancestorsOf(structure: StructureDefinition, compilation: Compilation): Set<string> {
  const urls = new Set<string>();
  let base = structure.baseDefinition;
  while (base !== undefined && !urls.has(base)) {
    urls.add(base);
    base = compilation.structure(base)?.baseDefinition;
  }
  return urls;
}

/** The root of a profile is judged by the profile's type, not by a list of its own. */
function withoutTypes(definition: ElementDefinition): ElementDefinition {
  const { type, ...rest } = definition;
  return rest;
}
