/**
 * Rules that can be seen to hold without evaluating them: by which elements are there, which the walk knows. Where that
 * does not settle it, the rule is evaluated as any other.
 * https://hl7.org/fhir/R4/datatypes.html#constraints
 */
import type { ElementDefinitionConstraint } from '@medplum/fhirtypes';

/**
 * Code for whether an element of the object at hand is there; undefined of a name that is none of its elements. What is
 * there in the wrong form, `[]` or `null`, counts: it is refused for its form.
 */
export type Watch = (name: string) => string | undefined;

/** Code that is true only where an expression certainly is, and code that is true only where it certainly is not. */
interface Sight {
  readonly held: string;
  readonly broken: string;
}

const unseen: Sight = { held: 'false', broken: 'false' };

function any(one: string, other: string): string {
  if (one === 'false' || other === 'false') return one === 'false' ? other : one;
  return `(${one} || ${other})`;
}

function both(one: string, other: string): string {
  return one === 'false' || other === 'false' ? 'false' : `(${one} && ${other})`;
}

type Operator = (a: Sight, b: Sight) => Sight;

const not = ({ held, broken }: Sight): Sight => ({ held: broken, broken: held });
const or: Operator = (a, b) => ({ held: any(a.held, b.held), broken: both(a.broken, b.broken) });
const and: Operator = (a, b) => not(or(not(a), not(b)));
const xor: Operator = (a, b) => or(and(a, not(b)), and(not(a), b));
const implies: Operator = (a, b) => or(not(a), b);

/** By precedence, the loosest first. http://hl7.org/fhirpath/#operator-precedence */
const operators: readonly Readonly<Record<string, Operator>>[] = [{ implies }, { or, xor }, { and }];

const token = /'(?:[^'\\]|\\.)*'|[A-Za-z_]\w*|\s+|./gs;
const presence = /^(\w+)\.(exists|empty)\(\)$/;
const equality = /^(\w+)(=|!=)('\w*')$/;
const negation = ['.', 'not', '(', ')'];

/** Reads the tokens of an expression, as far as it is about what is there. */
function sightOf(tokens: readonly string[], has: Watch): Sight {
  for (const level of operators) {
    const [first, ...rest] = splitAt(tokens, level);
    if (first === undefined || rest.length === 0) continue;
    return rest.reduce(
      (left, { operator, tokens: right }) => (level[operator] as Operator)(left, sightOf(right, has)),
      sightOf(first.tokens, has),
    );
  }
  return termSight(tokens, has);
}

interface Operand {
  /** What stands before it; empty before the first one. */
  readonly operator: string;
  readonly tokens: readonly string[];
}

/** Cuts at the operators of a level that stand outside of parentheses. */
function splitAt(tokens: readonly string[], level: Readonly<Record<string, Operator>>): Operand[] {
  const operands: Operand[] = [];
  let operator = '';
  let start = 0;
  let depth = 0;
  tokens.forEach((text, place) => {
    if (text === '(') depth++;
    else if (text === ')') depth--;
    else if (depth === 0 && Object.hasOwn(level, text)) {
      operands.push({ operator, tokens: tokens.slice(start, place) });
      operator = text;
      start = place + 1;
    }
  });
  return [...operands, { operator, tokens: tokens.slice(start) }];
}

/** `a.exists()`, `a.empty()`, `a = 'text'`, or another expression in parentheses, each of them perhaps negated. */
function termSight(tokens: readonly string[], has: Watch): Sight {
  const text = tokens.join('');
  if (text.endsWith(negation.join(''))) return not(termSight(tokens.slice(0, -negation.length), has));
  if (isEnclosed(tokens)) return sightOf(tokens.slice(1, -1), has);
  const [, name = '', ask] = presence.exec(text) ?? [];
  const there = ask && has(name);
  if (there) {
    const exists: Sight = { held: there, broken: `!${there}` };
    return ask === 'exists' ? exists : not(exists);
  }
  const [, left = '', sign, right] = equality.exec(text) ?? [];
  if (!sign || !has(left)) return unseen;
  const equal: Sight = {
    held: `o.${left} === ${right}`,
    broken: `(typeof o.${left} === 'string' && o.${left} !== ${right})`,
  };
  return sign === '=' ? equal : not(equal);
}

/** Whether the first token is the parenthesis that the last one closes. */
function isEnclosed(tokens: readonly string[]): boolean {
  if (tokens[0] !== '(') return false;
  let depth = 0;
  return tokens.every((text, place) => {
    if (text === '(') depth++;
    else if (text === ')') depth--;
    return depth > 0 || place === tokens.length - 1;
  });
}

/** Expressions that another sight settles, by their text. */
const rows: ReadonlyMap<string, (has: Watch) => string> = new Map([
  [
    'value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()',
    (has) => `!${has('component')}`,
  ],
  [
    'start.hasValue().not() or end.hasValue().not() or (start <= end)',
    (has) => `!(${has('start')} && ${has('end')}) || inOrder(o.start, o.end)`,
  ],
]);

/**
 * Code that is true only where a rule holds.
 * @returns undefined for a rule that has to be evaluated
 */
export function plainlyHeld({ expression }: ElementDefinitionConstraint, has: Watch): string | undefined {
  if (expression === undefined) return undefined;
  const known = rows.get(expression);
  if (known) return known(has);
  const tokens = (expression.match(token) ?? []).filter((text) => text.trim() !== '');
  const { held } = sightOf(tokens, has);
  return held === 'false' ? undefined : held;
}

/** Whether two dates or date-times of one precision and one zone are in order, as far as their texts tell. */
export function inOrder(start: unknown, end: unknown): boolean {
  if (typeof start !== 'string' || typeof end !== 'string' || start.length !== end.length) return false;
  const { length } = start;
  if (length !== 10 && length !== 20 && length !== 25) return false;
  for (let i = 19; i < length; i++) if (start.charCodeAt(i) !== end.charCodeAt(i)) return false;
  return start <= end;
}
