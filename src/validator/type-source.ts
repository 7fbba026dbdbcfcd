/**
 * A type's definition as JavaScript: one function for the type and one for each of its backbone elements. A function
 * walks the keys it is given, sets a bit for each element it meets, and asks for what is missing at the end: unknown
 * elements, cardinality, choice and content cost next to nothing that way.
 * https://hl7.org/fhir/R4/json.html, https://hl7.org/fhir/R4/elementdefinition.html
 */
import type { ElementDefinition, ElementDefinitionConstraint, StructureDefinition } from '@medplum/fhirtypes';
import { choiceKey } from '../fhir/choice-key.ts';
import { lastStep } from '../fhir/last-step.ts';
import type { Model } from '../fhir/model.ts';
import { type Binding, bindingOf, isBindable, unitBinding } from './checks/binding.ts';
import { nativeInvariants } from './checks/invariant.ts';
import { plainlyHeld, type Watch } from './checks/plainly-held.ts';
import { type ElementNode, elementTree, typeCodes } from './element-tree.ts';
import { handWritten, kept, quantities } from './hand-written.ts';
import { primitiveFormats } from './primitives.ts';

/** The source of one type and what it refers to. */
export interface TypeSource {
  readonly type: string;
  readonly source: string;
  /** Complex types whose functions it calls. */
  readonly uses: ReadonlySet<string>;
  /** Paths it defines a function for. */
  readonly paths: readonly string[];
}

/** What the generator needs to turn parts of a definition into values that the source refers to. */
export interface SourceParts {
  readonly model: Model;
  invariant(constraint: ElementDefinitionConstraint): unknown;
  profile(url: string): unknown;
}

export const functionName = (path: string): string => `f_${path.replace(/\W/g, '_')}`;
const quote = JSON.stringify;

interface Generator extends SourceParts {
  /** Values the source names `k0`, `k1`, …: invariants, bindings, sets. Shared by the types of a unit. */
  readonly constants: unknown[];
  readonly uses: Set<string>;
}

function constant(generator: Generator, value: unknown): string {
  return `k${generator.constants.push(value) - 1}`;
}

/**
 * Generates the functions of a type.
 * @param constants of the unit of source that the type becomes part of; grows
 */
export function typeSource(
  structure: StructureDefinition,
  parts: SourceParts,
  constants: unknown[],
): TypeSource {
  const tree = elementTree(structure);
  const type = structure.type ?? structure.name ?? '';
  if (!tree) throw new Error(`The definition of ${type} has no snapshot`);
  const generator: Generator = { ...parts, constants, uses: new Set() };
  const functions: string[] = [];
  const paths: string[] = [];
  const visit = (node: ElementNode) => {
    const path = node.definition.path as string;
    paths.push(path);
    functions.push(functionSource(node, path, structure, generator));
    for (const child of node.children) if (child.children.length > 0) visit(child);
  };
  visit(tree);
  return { type, source: functions.join('\n'), uses: generator.uses, paths };
}

/** Names of a type and its ancestors, for extension contexts. */
function lineage(node: ElementNode, structure: StructureDefinition, model: Model): string[] {
  const names: string[] = [];
  const path = node.definition.path as string;
  let name: string | undefined = path.includes('.') ? typeCodes(node.definition)[0] : structure.type;
  while (name !== undefined && !names.includes(name)) {
    names.push(name);
    name = model.type(name)?.base;
  }
  return names;
}

/**
 * The function of an element: of its value `o` and the run `x`; `at` is where the value stands, for the contexts of
 * extensions, `step` and `i` are the name and the index of the element, which go before what is found in it, and `given`
 * is what the element demands of a value besides its type.
 */
function functionSource(
  node: ElementNode,
  path: string,
  structure: StructureDefinition,
  generator: Generator,
): string {
  const root = !path.includes('.');
  const resource = root && structure.kind === 'resource';
  const rules = (node.definition.constraint ?? []).filter(({ key }) => !nativeInvariants.has(key ?? ''));
  const presence = createPresence(node);
  const calls = rules.map((rule) => ruleSource(rule, path, presence.watch, generator));
  const cases: string[] = [];
  const types = constant(generator, lineage(node, structure, generator.model));
  for (const child of node.children) cases.push(...elementCases(child, path, types, presence, generator));
  if (resource) cases.unshift(`case 'resourceType': break;`);
  const lines = [
    `function ${functionName(path)}(o, x, at, step, i, given) {`,
    `if (typeof o !== 'object' || o === null || Array.isArray(o)) return shape(x, o, ${quote(path)}, step, i);`,
    'const m = x.count;',
    presence.declarations(),
    ...(kept[path] ?? []).map((name) => `let v_${name};`),
    `let n = 0;`,
    `for (const key in o) {`,
    `const v = o[key]; n++;`,
    `switch (key) {`,
    // Companions are rare: their cases come last.
    ...cases.filter((line) => !line.startsWith(`case '_`)),
    ...cases.filter((line) => line.startsWith(`case '_`)),
    `default: unknown(x, key);`,
    `}}`,
    resource ? '' : `if (n === 0 || (n === 1 && o.id !== undefined)) noContent(x);`,
    presence.requirements(),
    ...calls,
    ...nativeRules(node, path, presence, generator),
    demanded(path),
    'if (x.count !== m) within(x, m, step, i);',
    '}',
  ];
  return lines.filter((line) => line !== '').join('\n');
}

/** What an element may demand of a value besides its type: a binding, or the types of a target. */
function demanded(type: string): string {
  if (type === 'Reference') return 'if (given !== undefined) target(o, x, given);';
  if (!isBindable(type) || type.includes('.') || primitiveFormats[type]) return '';
  const known = type === 'CodeableConcept' ? 'isMetConcept(v_coding' : 'isMetMember(o';
  return `if (given !== undefined && !${known}, x, given)) bound(o, x, '${type}', given);`;
}

function invariantCall(check: unknown, value: string, type: string, generator: Generator): string {
  return check === undefined ? '' : `${constant(generator, check)}(${value}, x, ${quote(type)});`;
}

/** A rule of an element; one that can be seen to hold is not evaluated. */
function ruleSource(
  rule: ElementDefinitionConstraint,
  path: string,
  watch: Watch,
  generator: Generator,
): string {
  const call = invariantCall(generator.invariant(rule), 'o', path, generator);
  const holds = plainlyHeld(rule, watch);
  return call === '' || holds === undefined ? call : `if (!(${holds})) ${call}`;
}

/** Elements of every resource that its scope keeps. */
const keptInScope: Readonly<Record<string, string>> = {
  'Resource.meta': 'x.scope.meta = v;',
  'DomainResource.contained': 'x.scope.contained = v;',
};

/** Rules of the specification that need the whole object. */
function nativeRules(node: ElementNode, path: string, presence: Presence, generator: Generator): string[] {
  // ext-1: a value or extensions, not both.
  if (path === 'Extension')
    return [`if ((${presence.choice('value')} !== '') === (v_extension !== undefined)) extensionContent(x);`];
  const units = quantities.has(path) ? unitBinding(node.definition.binding) : undefined;
  const bound = units ? `bound(o, x, '${path}', ${constant(generator, units)});` : '';
  return [handWritten[path] ?? '', bound];
}

interface Presence {
  /** Code that marks an element as present; for a choice, also refuses a second type. */
  mark(node: ElementNode, type: string): string;
  /** Code for whether an element, or the companion of a primitive, was met. */
  readonly watch: Watch;
  /** The variable that holds the type seen for a choice. */
  choice(name: string): string;
  declarations(): string;
  requirements(): string;
}

/** Elements whose cases leave no mark. */
const unmarked: ReadonlySet<string> = new Set(['id', 'extension', 'modifierExtension']);
/** Bits of one small integer. */
const mostWatched = 30;

/** Bits for what must be there, and the type seen for each choice. */
function createPresence({ children }: ElementNode): Presence {
  const required: { bit: number; word: number; node: ElementNode }[] = [];
  const choices = new Map<ElementNode, string>();
  const watched: string[] = [];
  return {
    watch(name) {
      if (unmarked.has(name) || !children.some((child) => child.name === name)) return undefined;
      if (!watched.includes(name)) {
        if (watched.length === mostWatched) return undefined;
        watched.push(name);
      }
      return `((w & ${1 << watched.indexOf(name)}) !== 0)`;
    },
    mark(node, type) {
      const place = watched.indexOf(node.name);
      let code = place < 0 ? '' : `w |= ${1 << place};`;
      if ((node.definition.min ?? 0) > 0) {
        let entry = required.find((one) => one.node === node);
        if (!entry) {
          entry = { bit: 1 << (required.length % 30), word: Math.floor(required.length / 30), node };
          required.push(entry);
        }
        code += `b${entry.word} |= ${entry.bit};`;
      }
      if (!node.choice) return code;
      const name = choices.get(node) ?? `c${choices.size}`;
      choices.set(node, name);
      return `${code} if (${name} !== '' && ${name} !== '${type}') choice(x, '${node.name}'); ${name} = '${type}';`;
    },
    choice: (name) => [...choices].find(([node]) => node.name === name)?.[1] ?? `''`,
    declarations() {
      const words = new Set(required.map(({ word }) => `b${word} = 0`));
      if (watched.length > 0) words.add('w = 0');
      const names = [...words, ...[...choices.values()].map((name) => `${name} = ''`)];
      return names.length > 0 ? `let ${names.join(', ')};` : '';
    },
    requirements() {
      const lines: string[] = [];
      for (let word = 0; word * 30 < required.length; word++) {
        const here = required.filter((one) => one.word === word);
        const mask = here.reduce((sum, one) => sum | one.bit, 0);
        const asks = here.map(({ bit, node }) => `if (!(b${word} & ${bit})) missing(x, '${node.name}');`);
        lines.push(`if (b${word} !== ${mask}) { ${asks.join(' ')} }`);
      }
      return lines.join('\n');
    },
  };
}

/** The switch cases of one element: a key for each type of a choice, and the `_key` of primitives. */
function elementCases(
  node: ElementNode,
  parent: string,
  types: string,
  presence: Presence,
  generator: Generator,
): string[] {
  const { definition, name } = node;
  if (name === 'extension' || name === 'modifierExtension') {
    const keep = kept[parent]?.includes(name) ? `v_${name} = v;` : '';
    return [`case '${name}': ${keep} extensions(v, x, '${name}', at, ${types}, o); break;`];
  }
  const reference = definition.contentReference;
  if (reference !== undefined) {
    const target = reference.slice(reference.indexOf('#') + 1);
    return [
      `case '${name}': ${presence.mark(node, '')} ${instances(node, name, target, parent, generator)} break;`,
    ];
  }
  if (definition.base?.path === 'Element.id') {
    // A definition's elements have the same ids in the snapshot as in the differential.
    return [`case 'id': elementId(v, x, ${parent !== 'ElementDefinition'}); break;`];
  }
  const lines: string[] = [];
  for (const code of typeCodes(definition)) {
    const type = parent === 'Extension' && name === 'url' ? 'uri' : isResourceId(definition) ? 'id' : code;
    const key = node.choice ? choiceKey(name, type) : name;
    const target = node.children.length > 0 ? (definition.path as string) : type;
    const checks = instances(node, key, target, parent, generator);
    const keep = kept[parent]?.includes(name)
      ? `v_${name} = v;`
      : (keptInScope[definition.base?.path ?? ''] ?? '');
    lines.push(
      `case '${key}': ${keep} ${presence.mark(node, type)} ${unlessKnown(parent, name, checks)} break;`,
    );
    if (primitiveFormats[type] && !isAttribute(definition)) {
      const call = isArray(definition) ? 'companions' : 'companion';
      const at = `${parent}.${name}${node.choice ? '[x]' : ''}`;
      const marked = presence.mark(node, type);
      const bound =
        definition.binding?.strength === 'required' ? `, ${quote(definition.binding.valueSet)}` : '';
      lines.push(
        `case '_${key}': ${marked} ${call}(v, x, '${name}', ${quote(at)}, '${type}', o.${key}${bound}); break;`,
      );
    }
  }
  return lines;
}

/** Texts whose form is looked at by rules written by hand: by `coding` when it is not one met before, by `reference`. */
const lookedAt: ReadonlySet<string> = new Set([
  'Coding.system',
  'Coding.code',
  'Coding.display',
  'Reference.reference',
]);

/** What is found in a table of definitions is what the table has: its form was looked at when the table was made. */
function unlessKnown(parent: string, name: string, checks: string): string {
  if (parent === 'Extension' && name === 'url') return `if (v !== x.knownUrl) { ${checks} }`;
  return lookedAt.has(`${parent}.${name}`) ? `if (typeof v !== 'string') { ${checks} }` : checks;
}

const isArray = (definition: ElementDefinition) => (definition.base?.max ?? definition.max) !== '1';
const isResourceId = (definition: ElementDefinition) => definition.base?.path === 'Resource.id';
/** `id` of elements and `Extension.url` are XML attributes: they have no extensions. */
const isAttribute = (definition: ElementDefinition) =>
  definition.base?.path === 'Element.id' || definition.path === 'Extension.url';

/** Code that checks the one value or each of the values `v` of an element. */
function instances(
  node: ElementNode,
  key: string,
  type: string,
  parent: string,
  generator: Generator,
): string {
  const { name, definition } = node;
  if (!isArray(definition)) return instance(node, 'v', quote(name), '', type, parent, generator);
  const format = primitiveFormats[type];
  const step = `'${name}[' + i + ']'`;
  const nothing = format ? `v[i] === null ? nothing(x, o._${key}, i, ${step}) : ` : '';
  const body = instance(node, 'v[i]', step, nothing, type, parent, generator);
  const max =
    definition.max === '*' || definition.max === undefined ? '' : `most(x, v, '${name}', ${definition.max});`;
  return `if (many(x, v, '${name}')) { ${max} for (let i = 0; i < v.length; i++) { ${body} } }`;
}

function instance(
  node: ElementNode,
  value: string,
  step: string,
  nothing: string,
  type: string,
  parent: string,
  generator: Generator,
): string {
  const { definition, name } = node;
  const rules = (definition.constraint ?? []).filter(({ key }) => !nativeInvariants.has(key ?? ''));
  const own = node.children.length > 0 ? [] : rules;
  const calls = own.map((rule) => invariantCall(generator.invariant(rule), value, type, generator));
  const binding = isBindable(type) ? bindingOf(definition.binding) : undefined;
  if (primitiveFormats[type]) {
    if (type === 'xhtml') return `narrative(${value}, x);`;
    let check = primitive(type, value, name, binding, generator);
    const canonical = type === 'canonical' ? definition.type?.[0]?.targetProfile : undefined;
    if (canonical) {
      const allowed = constant(generator, new Set(canonical.map(lastStep)));
      // A fragment leads to what is here, and is looked at without being asked.
      check += ` if (x.options.references === 'exist' || ${value}?.[0] === '#') canonicalType(${value}, x, ${step}, ${allowed});`;
    }
    const rest =
      calls.length === 0
        ? ''
        : ` { const m = x.count; ${calls.join(' ')} if (x.count !== m) under(x, m, ${step}); }`;
    return nothing === ''
      ? `${check}${rest}`
      : `if (${value} === null) ${nothing.slice(nothing.indexOf('?') + 1, -2)}; else { ${check}${rest} }`;
  }
  if (type === 'Resource')
    return `{ const m = x.count; nested(${value}, x, '${parent}', o); if (x.count !== m) under(x, m, ${step}); }`;
  if (!type.includes('.')) generator.uses.add(type);
  let given = binding && constant(generator, binding);
  const targets = definition.type?.find(({ code }) => code === 'Reference')?.targetProfile;
  if (type === 'Reference' && targets) {
    const names = targets.map(lastStep);
    if (!names.includes('Resource')) given = constant(generator, new Set(names));
  }
  for (const url of definition.type?.find(({ code }) => code === type)?.profile ?? []) {
    calls.push(`${constant(generator, generator.profile(url))}(${value}, x, '${type}');`);
  }
  const at = type.includes('.') ? type : `${parent}.${name}${node.choice ? '[x]' : ''}`;
  // A concept has its text, and other codings.
  const softened =
    type === 'Coding' && parent === 'CodeableConcept'
      ? "soften(x, m, 'code-system-unknown', 'system'); "
      : '';
  const rest = given === undefined ? '' : `, ${given}`;
  if (calls.length === 0 && softened === '')
    return `${functionName(type)}(${value}, x, ${quote(at)}, '${name}', ${value === 'v' ? '-1' : 'i'}${rest});`;
  const more = given === undefined ? '' : `, undefined, 0${rest}`;
  return `{ const m = x.count; ${functionName(type)}(${value}, x, ${quote(at)}${more}); ${calls.join(' ')} if (x.count !== m) { ${softened}under(x, m, ${step}); } }`;
}

/** Code that checks a primitive value: its JSON type and its format or, where bound, its value set. */
function primitive(
  type: string,
  value: string,
  name: string,
  binding: Binding | undefined,
  generator: Generator,
): string {
  const index = value === 'v' ? '-1' : 'i';
  const bound = binding && constant(generator, binding);
  if (binding?.strength === 'required') {
    const members = constant(generator, binding.members);
    return `if (!${members}.has(${value})) requiredCode(${value}, x, '${type}', ${bound}, '${name}', ${index});`;
  }
  const check = `p_${type}(${value}, x, '${name}', ${index})`;
  return bound === undefined
    ? `${check};`
    : `if (${check}) boundCode(${value}, x, '${type}', ${bound}, '${name}', ${index});`;
}
