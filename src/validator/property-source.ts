/**
 * An element of a profile inside its holder, as JavaScript: how often it occurs, its slices, and each of its instances.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.min
 */

import { choiceKey } from '../fhir/choice-key.ts';
import type { BaseElement } from './base-elements.ts';
import { type ElementNode, typeCodes } from './element-tree.ts';
import { checkInstance, companionKey, declaredType, instanceReader } from './instance.ts';
import { primitiveFormats } from './primitives.ts';
import type { ProfileScope } from './profile-scope.ts';
import { checkCount, type Limits, occurrence } from './property.ts';
import type { Run } from './run.ts';
import type { SliceTest } from './slice-test.ts';
import { readSlicing, type Slice, type Slicing, slicesCheck } from './slicing.ts';
import type { SourceUnit } from './source-unit.ts';

const quote = JSON.stringify;

/** The element and everything that is known of it when its source is written. */
interface Property {
  readonly node: ElementNode;
  readonly base: BaseElement | undefined;
  readonly limits: Limits | undefined;
  readonly slicing: Slicing | undefined;
  readonly scope: ProfileScope;
  readonly target: PropertyTarget;
}

/** Where the source goes. */
export interface PropertyTarget {
  readonly unit: SourceUnit;
  /** Adds the function over one instance of the element, or of a slice of it, that has a type. */
  instance(node: ElementNode, type: string): string | undefined;
}

/** What a profile demands of an element, as statements over its holder `o`; undefined when the base does as much. */
export function propertySource(
  node: ElementNode,
  base: BaseElement | undefined,
  scope: ProfileScope,
  target: PropertyTarget,
): string | undefined {
  const property = {
    node,
    base,
    scope,
    target,
    limits: occurrence(node, base),
    slicing: readSlicing(node, base, scope),
  };
  if (node.choice && isEachOfFewTypes(property)) return choiceSource(property);
  if (!node.choice && isPlain(property)) return plainSource(property);
  if (!node.choice && areTold(property)) return slicedSource(property);
  return anySource(property);
}

/** Statements that run a check and put a step before what it found. */
function stepInto(step: string, statements: string): string {
  return `{ const m = x.count; ${statements} if (x.count !== m) under(x, m, ${step}); }`;
}

function tooFew({ node, limits }: Property): string {
  return limits && limits.min > 0
    ? `found(x, 'cardinality-min', '', ${quote(node.name)}, ${limits.min});`
    : '';
}

/** Statements that count, where that is not settled beforehand. */
function countSource({ node, limits }: Property, count: string): string {
  if (!limits) return '';
  const name = quote(node.name);
  const few = `if (${count} < ${limits.min}) found(x, 'cardinality-min', '', ${name}, ${limits.min});`;
  const many = `if (${count} > ${limits.max}) found(x, 'cardinality-max', '', ${name}, ${limits.max});`;
  return `${limits.min > 0 ? few : ''} ${limits.max === Number.POSITIVE_INFINITY ? '' : many}`;
}

/** Neither sliced nor of a type that a value must be asked for. */
function isPlain({ node, base, slicing }: Property): boolean {
  return slicing === undefined && declaredType(node, base) !== 'Resource';
}

/** The values are checked where they lie, nothing is allocated. */
function plainSource(property: Property): string | undefined {
  const { node, base, limits, target } = property;
  const { name } = node;
  const type = declaredType(node, base);
  const check = target.instance(node, type);
  if (!check && !limits) return undefined;
  const beside = companionKey(name, type);
  const call = (value: string, companion: string, step: string) =>
    check ? stepInto(step, `${check}(${value}, x, ${quote(type)}, ${companion});`) : '';
  const arrays = beside
    ? `const n = Math.max(Array.isArray(v) ? v.length : 0, Array.isArray(c) ? c.length : 0);`
    : `const n = v.length;`;
  const item = beside ? '(Array.isArray(v) ? v[i] : undefined) ?? undefined' : 'v[i] ?? undefined';
  const companion = beside ? '(Array.isArray(c) ? c[i] : undefined)' : 'undefined';
  const each = check ? `for (let i = 0; i < n; i++) ${call(item, companion, `'${name}[' + i + ']'`)}` : '';
  return [
    `{ const v = o.${name};${beside ? ` const c = o.${beside};` : ''}`,
    `if (v === undefined${beside ? ' && c === undefined' : ''}) { ${tooFew(property)} }`,
    `else if (Array.isArray(v)${beside ? ' || Array.isArray(c)' : ''}) { ${arrays} ${countSource(property, 'n')} ${each} }`,
    `else { ${countSource(property, '1')} ${call('v', beside ? 'c' : 'undefined', quote(name))} } }`,
  ].join('\n');
}

/** So many types are asked one by one. */
const few = 12;

/** The types of a choice that are asked one by one: all that the base allows, or else those that the profile leaves. */
function askedTypes({ node, base }: Property): { readonly types: readonly string[]; readonly all: boolean } {
  const whole = typeCodes(base?.definition ?? node.definition);
  return whole.length <= few
    ? { types: whole, all: true }
    : { types: typeCodes(node.definition), all: false };
}

/** A choice that can be asked type by type, its slices, if any, being one for each type. */
function isEachOfFewTypes(property: Property): boolean {
  const { slicing } = property;
  const { types, all } = askedTypes(property);
  return types.length <= few && (slicing === undefined || (all && slicing.byType));
}

function choiceSource(property: Property): string | undefined {
  const { node, limits, slicing, target } = property;
  const { name } = node;
  const { types, all } = askedTypes(property);
  const rest = all ? tooFew(property) : anySource(property);
  const branches: string[] = [];
  let checks =
    limits !== undefined || (slicing?.slices.some(({ min, max }) => min > 0 || max === 0) ?? false);
  for (const type of types) {
    const key = choiceKey(name, type);
    const index = slicing
      ? slicing.slices.findIndex(({ node }) => typeCodes(node.definition).includes(type))
      : -1;
    const slice = slicing?.slices[index];
    const calls = [node, ...(slice ? [slice.node] : [])].flatMap((one) => {
      const check = target.instance(one, type);
      return check
        ? `${check}(o.${key}, x, ${quote(type)}, ${primitiveFormats[type] ? `o._${key}` : 'undefined'});`
        : [];
    });
    const closed = slicing && !slice && slicing.rules === 'closed';
    if (closed) calls.push(`found(x, 'slice-closed', '', ${quote(name)}, ${quote(slicing.path)});`);
    if (calls.length > 0) checks = true;
    const present = primitiveFormats[type]
      ? `o.${key} !== undefined || o._${key} !== undefined`
      : `o.${key} !== undefined`;
    const statements = calls.length > 0 ? stepInto(quote(name), calls.join(' ')) : '';
    branches.push(`if (${present}) { s = ${index}; ${countSource(property, '1')} ${statements} }`);
  }
  if (!checks && (all || rest === undefined)) return undefined;
  const counts = (slicing?.slices ?? []).map((slice, index) =>
    countedSlice(slice, `s === ${index} ? 1 : 0`, property),
  );
  return `{ let s = -1;\n${branches.join('\nelse ')}\nelse { ${rest ?? ''} }\n${counts.join(' ')} }`;
}

/** Statements that hold the number of a slice's instances against its limits. */
function countedSlice({ name, min, max }: Slice, count: string, { slicing }: Property): string {
  const place = quote(`${slicing?.path}:${name}`);
  const few = `if ((${count}) < ${min}) found(x, 'slice-min', '', ${place}, ${min});`;
  const many = `if ((${count}) > ${max}) found(x, 'slice-max', '', ${place}, ${max});`;
  return `${min > 0 ? few : ''} ${max === Number.POSITIVE_INFINITY ? '' : many}`;
}

/** Slices in any order, each told by looking at the value itself. */
function areTold({ node, base, slicing }: Property): boolean {
  const type = declaredType(node, base);
  return (
    slicing !== undefined &&
    type !== 'Resource' &&
    !primitiveFormats[type] &&
    !slicing.ordered &&
    slicing.rules !== 'openAtEnd' &&
    slicing.untold.length === 0 &&
    slicing.slices.every(({ test, again }) => test.ofValue !== undefined && again === undefined)
  );
}

function slicedSource(property: Property): string {
  const { node, base, slicing, target } = property;
  const { name } = node;
  const { slices, rules, path } = slicing as Slicing;
  const type = declaredType(node, base);
  const check = target.instance(node, type);
  const call = (function_: string) => `${function_}(e, x, ${quote(type)}, undefined);`;
  const tells = ({ ofValue }: SliceTest) => `${target.unit.constant(ofValue)}(e)`;
  const multiple = `found(x, 'slice-multiple', '', ${quote(name)}, ${quote(path)});`;
  const branches = slices.map(({ node, test, rivals }, index) => {
    const own = target.instance(node, type);
    const others = rivals.length > 0 ? `if (${rivals.map(tells).join(' || ')}) ${multiple}` : '';
    return `if (${tells(test)}) { n${index}++; ${own ? call(own) : ''} ${others} }`;
  });
  const closed =
    rules === 'closed' ? `else found(x, 'slice-closed', '', ${quote(name)}, ${quote(path)});` : '';
  const each = `${check ? call(check) : ''} ${branches.join('\nelse ')} ${closed}`;
  return [
    `{ const v = o.${name}; const n = v === undefined ? 0 : Array.isArray(v) ? v.length : 1;`,
    `let ${slices.map((_, index) => `n${index} = 0`).join(', ')};`,
    countSource(property, 'n'),
    `for (let i = 0; i < n; i++) { const e = Array.isArray(v) ? v[i] : v; ${stepInto(`Array.isArray(v) ? '${name}[' + i + ']' : '${name}'`, each)} }`,
    slices.map((slice, index) => countedSlice(slice, `n${index}`, property)).join(' '),
    '}',
  ].join('\n');
}

/** Everything else goes by what is found: occurrences with their types, tests that may follow references. */
function anySource({ node, base, limits, slicing, scope, target }: Property): string | undefined {
  const check = scope.instanceCheck(node, base);
  const slices = slicing && slicesCheck(slicing);
  if (!limits && !check && !slices) return undefined;
  const read = instanceReader(node, base);
  const all = (holder: Record<string, unknown>, run: Run): void => {
    const instances = read(holder);
    if (limits) checkCount(instances.length, limits, node.name, run);
    if (check) for (const instance of instances) checkInstance(instance, check, run);
    if (slices) slices(instances, holder, run);
  };
  return `${target.unit.constant(all)}(o, x);`;
}
