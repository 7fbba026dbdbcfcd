/**
 * From a syntax tree to functions. The source is written at the first use, once for the values and once for the
 * test, and can be read: `sourceOf` shows it.
 */
import type { Model } from '../../fhir/model.ts';
import type { Environment, Expression, TypedValue } from '../expression.ts';
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
  let values: Expression['values'] = (focus, environment) => {
    values = build('values') as Expression['values'];
    return values(focus, environment);
  };
  let test: Expression['test'] = (focus, environment) => {
    test = build('test') as Expression['test'];
    return test(focus, environment);
  };
  if (c.strict || c.steps !== undefined) values = build('values') as Expression['values'];
  return {
    text,
    engine: 'compiled',
    values: (focus: TypedValue, environment: Environment) => values(focus, environment),
    test: (focus: TypedValue, environment: Environment) => test(focus, environment),
  };
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
  return {
    source: `'use strict';${header.join('')}${declared.join('')}return (f,env)=>{${budget}${body}};`,
    constants,
  };
}

/** `Observation` for `Observation.component`: an element is part of the resource that its path begins with. */
function resourceTypeOf(focusType: string, model: Model): string | undefined {
  const [first = ''] = focusType.split('.');
  return model.type(first)?.kind === 'resource' ? first : undefined;
}

function bodyOf(w: Writer, form: Form, focusType: string, tree: Tree): string {
  const open = openTypes.has(focusType);
  const focus: Item = {
    value: 'v0',
    element: 'f.element',
    types: open ? undefined : [focusType],
    typeCode: 'f.type',
    node: 'f',
    many: false,
  };
  const start = w.model.type(focusType)?.kind === 'primitive' || open ? 'f.value' : 'f.value??{}';
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
