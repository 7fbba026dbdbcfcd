/**
 * A profile as JavaScript: for each element that it constrains a function over one instance, and for each that has
 * constrained children a function over the object that holds them. The type itself has been checked by its own
 * function, so an element that the profile leaves as it is costs nothing.
 * https://hl7.org/fhir/R4/profiling.html
 */
import { isObject } from '../fhir/resource.ts';
import type { BaseElement } from './base-elements.ts';
import { byType } from './by-type.ts';
import { additionalBindingRule } from './checks/additional-binding.ts';
import { aggregationCheck } from './checks/aggregation.ts';
import { bindingRule } from './checks/binding-rule.ts';
import { extentCheck } from './checks/extent.ts';
import { fixedCheck, patternCheck } from './checks/fixed.ts';
import { addedInvariants } from './checks/invariant.ts';
import { narrativeControl } from './checks/narrative-control.ts';
import { profileElementRule } from './checks/profile-element.ts';
import { rangeCheck } from './checks/range.ts';
import { regexCheck } from './checks/regex.ts';
import { targetRule } from './checks/target-rule.ts';
import { typeRule } from './checks/type-rule.ts';
import type { ValueCheck } from './compilation.ts';
import { insideResource } from './conformance.ts';
import { type ElementNode, typeCodes } from './element-tree.ts';
import { primitiveFormats } from './primitives.ts';
import type { CheckFactory, ProfileScope } from './profile-scope.ts';
import { mustSupportAdvice } from './property.ts';
import { propertySource } from './property-source.ts';
import { found, foundOnce, under } from './run.ts';
import { createSourceUnit, type SourceUnit } from './source-unit.ts';

/** In the order in which findings are to appear. */
const factories: readonly CheckFactory[] = [
  typeRule,
  profileElementRule,
  (definition, base, scope) => fixedCheck(definition, base, scope.profile),
  (definition, base, scope) => patternCheck(definition, base, scope.profile),
  extentCheck,
  (definition, base, scope) => regexCheck(definition, base, scope.profile),
  (definition, base, scope) => rangeCheck(definition, base, scope.profile),
  bindingRule,
  additionalBindingRule,
  targetRule,
  aggregationCheck,
  narrativeControl,
  (definition, base, { profile, compilation, surroundings }) =>
    addedInvariants(definition, base, profile, compilation, surroundings),
];

/** What generated profiles call by name. */
const runtime = {
  found,
  foundOnce,
  under,
  isObject,
  nothing: {},
  insideResource,
};

/** Whether an element holds whole resources. */
function holdsResource({ definition }: ElementNode, { compilation }: ProfileScope): boolean {
  return typeCodes(definition).some(
    (code) => code === 'Resource' || compilation.registry.isResourceType(code),
  );
}

/**
 * Adds the function that checks one instance of an element: its own rules and those of its children.
 * @param type of the instances; undefined: whatever type comes
 * @returns its name; undefined when there is nothing to check
 */
export function instanceSource(
  node: ElementNode,
  base: BaseElement | undefined,
  type: string | undefined,
  scope: ProfileScope,
  unit: SourceUnit,
): string | undefined {
  const lines: string[] = [];
  for (const factory of factories) {
    const check = factory(node.definition, base?.definition, scope, type);
    if (typeof check === 'function') lines.push(`${unit.constant(check)}(v, x, t, c);`);
    else if (check) lines.push(check.source(unit.constant));
  }
  const children = holderSource(node, base, scope, unit);
  if (children && holdsResource(node, scope)) lines.push(`insideResource(v, x, ${children});`);
  else if (children)
    lines.push(insideSource(children, type === undefined ? typeCodes(node.definition) : [type]));
  return lines.length === 0 ? undefined : unit.define('v, x, t, c', () => lines);
}

/** What a primitive holds, its extensions, is in its companion: in nothing, where it has none. */
function insideSource(children: string, types: readonly string[]): string {
  const maybePrimitive = types.some((type) => primitiveFormats[type]);
  return maybePrimitive
    ? `${children}(isObject(v) ? v : isObject(c) ? c : nothing, x);`
    : `if (isObject(v)) ${children}(v, x);`;
}

/** Adds the function that checks the elements inside an element. */
function holderSource(
  node: ElementNode,
  base: BaseElement | undefined,
  scope: ProfileScope,
  unit: SourceUnit,
): string | undefined {
  const types = typeCodes(node.definition);
  const lines: string[] = [];
  const advice: string[] = [];
  const isPrimitive = types.length === 1 && primitiveFormats[types[0] as string] !== undefined;
  for (const child of node.children) {
    // The value of a primitive is no element of its own.
    if (isPrimitive && child.name === 'value') continue;
    const childBase = scope.bases.child(base, types, child.name);
    const source = propertySource(child, childBase, scope, {
      unit,
      instance: (one, type) => instanceSource(one, childBase, type, scope, unit),
    });
    const advise = mustSupportAdvice(child, childBase, scope);
    if (source) lines.push(source);
    if (advise) advice.push(`${unit.constant(advise)}(o, x);`);
  }
  if (advice.length > 0) lines.push(`if (x.options.mustSupport === true) { ${advice.join(' ')} }`);
  return lines.length === 0 ? undefined : unit.define('o, x', () => lines);
}

/** The check of an element's instances, compiled for each type that comes along. */
export function instanceCheck(
  node: ElementNode,
  base: BaseElement | undefined,
  scope: ProfileScope,
): ValueCheck | undefined {
  if (!compile(undefined)) return undefined;

  function compile(type: string | undefined): ValueCheck | undefined {
    const unit = createSourceUnit(`kat-fhir/profile/${scope.profile}#${node.definition.id}`, runtime);
    const name = instanceSource(node, base, type, scope, unit);
    return name === undefined ? undefined : (unit.load(name) as ValueCheck);
  }

  const checkFor = byType(compile);
  return (value, run, type, companion) => checkFor(type)?.(value, run, type, companion);
}
