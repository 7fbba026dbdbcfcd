/**
 * From a syntax tree to functions. The source is written at the first use, once for the values and once for the
 * test, and can be read: `sourceOf` shows it.
 */
import type { Model } from '../../fhir/model.ts';
import type { Expression } from '../expression.ts';
import { ExpressionFault } from '../fault.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Tree } from '../tree.ts';
import { emit, emitBoolean, notCovered } from './emit.ts';
import { memberStream } from './member.ts';
import { type Item, NotCompiled, nodeOf, type Scope, type Writer } from './writer.ts';

export interface Compilation {
  readonly model: Model;
  readonly runtime: Runtime;
  /** Whether an element that no definition has is a fault. */
  readonly strict: boolean;
  /** Steps that one evaluation may take; undefined for expressions that are trusted. */
  readonly steps: number | undefined;
}

type Form = 'values' | 'test';

/** Types whose values tell their own type. */
const openTypes: ReadonlySet<string> = new Set(['Element', 'BackboneElement', 'Base', 'Any']);

/**
 * An expression as compiled functions. An expression of a definition is compiled when it is first evaluated; one that
 * comes from a client at once, so that its faults show.
 * @throws NotCompiled when the compiler does not cover it, ExpressionFault when it has no meaning
 */
export function compiledExpression(text: string, focusType: string, tree: Tree, c: Compilation): Expression {
  const build = (form: Form) => instantiate(write(form, focusType, tree, c), c);
  const missing = notCovered(tree);
  if (missing !== undefined) throw new NotCompiled(missing);
  // Each function takes the place of the one that makes it.
  const expression: { -readonly [Key in keyof Expression]: Expression[Key] } = {
    text,
    engine: 'compiled',
    values(focus, environment) {
      expression.values = build('values') as Expression['values'];
      return expression.values(focus, environment);
    },
    test(value, type, environment, element) {
      expression.test = build('test') as Expression['test'];
      return expression.test(value, type, environment, element);
    },
  };
  if (c.strict || c.steps !== undefined) expression.values = build('values') as Expression['values'];
  return expression;
}

/** The JavaScript of an expression, to be read. */
export function sourceOf(form: Form, focusType: string, tree: Tree, c: Compilation): string {
  return write(form, focusType, tree, c).source;
}

interface Written {
  readonly source: string;
  readonly constants: readonly unknown[];
}

function write(form: Form, focusType: string, tree: Tree, c: Compilation): Written {
  const constants: unknown[] = [];
  const used = new Map<string, string>();
  let names = 0;
  const writer = (strict: boolean): Writer => {
    const w: Writer = {
      model: c.model,
      strict,
      lenient: () => (strict ? writer(false) : w),
      resourceType: resourceTypeOf(focusType, c.model),
      fresh: (prefix) => `${prefix}${++names}`,
      constant: (value) => `q${constants.push(value) - 1}`,
      runtime(name) {
        if (!(name in c.runtime)) throw new ExpressionFault(`The run time has no ${name}`);
        const local = name.replace('.', '_');
        used.set(name, local);
        return `$${local}`;
      },
      spend: (amount = '1') =>
        c.steps === undefined ? '' : `if((steps-=${amount})<0)${w.runtime('overspent')}();`,
      stream: (node, scope) => emit(w, node, scope),
      member: (input, name) => memberStream(w, input, name),
      boolean: (node, scope, target) => emitBoolean(w, node, scope, target),
    };
    return w;
  };
  const w = writer(c.strict);
  const body = bodyOf(w, form, focusType, tree);
  const header = [...used].map(([name, local]) => `const $${local}=runtime[${JSON.stringify(name)}];`);
  const declared = constants.map((_, i) => `const q${i}=constants[${i}];`);
  const budget = c.steps === undefined ? '' : `let steps=${c.steps};`;
  const { parameters } = focusForms[form];
  return {
    source: `'use strict';${header.join('')}${declared.join('')}return (${parameters})=>{${budget}${body}};`,
    constants,
  };
}

/** `Observation` for `Observation.component`: an element is part of the resource that its path begins with. */
function resourceTypeOf(focusType: string, model: Model): string | undefined {
  const [first = ''] = focusType.split('.');
  return model.type(first)?.kind === 'resource' ? first : undefined;
}

/** How the focus comes to a function: as a node, or in parts. */
const focusForms = {
  values: {
    parameters: 'f,env',
    value: 'f.value',
    item: { element: 'f.element', typeCode: 'f.type', node: 'f' },
  },
  test: { parameters: 'fv,ft,env,fe', value: 'fv', item: { element: 'fe', typeCode: 'ft' } },
} as const;

function bodyOf(w: Writer, form: Form, focusType: string, tree: Tree): string {
  const open = openTypes.has(focusType);
  const { value, item } = focusForms[form];
  const focus: Item = { value: 'v0', types: open ? undefined : [focusType], many: false, ...item };
  const start = w.model.type(focusType)?.kind === 'primitive' || open ? value : `${value}??{}`;
  const root = (sink: (item: Item) => string) => sink(focus);
  const scope: Scope = { this: root, root };
  if (form === 'values') {
    const code = w.stream(tree, scope)((item) => `out.push(${nodeOf(w, item)});`);
    return `const v0=${start},out=[];${code}return out;`;
  }
  return `const v0=${start};let b0;${w.boolean(tree, scope, 'b0')}return b0===true;`;
}

function instantiate({ source, constants }: Written, { runtime }: Compilation): unknown {
  return new Function('runtime', 'constants', source)(runtime, constants);
}
