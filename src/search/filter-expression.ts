/**
 * The grammar of `_filter`: comparisons, `and`, `or`, `not (…)` and brackets, read from left to right without
 * precedence, as the specification says.
 * https://hl7.org/fhir/R4/search_filter.html
 */
import { refuse } from '../core/fhir-error.ts';

export const filterOperators = [
  ...['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'lt', 'ge', 'le', 'ap', 'sa', 'eb'],
  ...['pr', 'po', 'ss', 'sb', 'in', 'ni', 're'],
] as const;

export type FilterOperator = (typeof filterOperators)[number];

/** One step of a path: `subject`, or `subject[active eq true]` for those that meet a filter. */
export interface FilterStep {
  readonly name: string;
  readonly where: FilterExpression | undefined;
}

export type FilterExpression =
  | { readonly op: 'and' | 'or'; readonly parts: readonly FilterExpression[] }
  | { readonly op: 'not'; readonly part: FilterExpression }
  | {
      readonly op: 'compare';
      readonly path: readonly FilterStep[];
      readonly operator: FilterOperator;
      readonly value: string;
      /** The value stood in quotes: what is in it has no further meaning. */
      readonly quoted: boolean;
    };

/** Brackets within brackets, and comparisons in all. */
const maximumDepth = 20;
const maximumComparisons = 200;

const name = /\s*([A-Za-z_][\w-]*(?::[\w-]+)?)/y;
const word = /\s*([A-Za-z]+)(?=[\s(])/y;
const text = /\s*("(?:[^"\\]|\\.)*")/y;
const bare = /\s*([^\s()[\]"]+)/y;

function joined(op: 'and' | 'or' | undefined, parts: readonly FilterExpression[]): FilterExpression {
  return op === undefined ? parts[0]! : { op, parts };
}

/** @throws FhirError `invalid-parameter`, which says at which character */
export function filterExpression(source: string): FilterExpression {
  let at = 0;
  let comparisons = 0;

  const fail = (expected: string) =>
    refuse('invalid-parameter', `'_filter' is not understood at character ${at + 1}: expected ${expected}`);

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) at = pattern.lastIndex;
    return match?.[1];
  };

  const takeSign = (sign: string): boolean => {
    let next = at;
    while (/\s/.test(source[next] ?? '')) next++;
    if (source[next] !== sign) return false;
    at = next + 1;
    return true;
  };

  const list = (depth: number): FilterExpression => {
    if (depth > maximumDepth) throw fail('fewer brackets within brackets');
    let parts = [single(depth)];
    let op: 'and' | 'or' | undefined;
    let changes = 0;
    for (;;) {
      const before = at;
      const connective = take(word)?.toLowerCase();
      if (connective !== 'and' && connective !== 'or') {
        at = before;
        return joined(op, parts);
      }
      if (op !== undefined && op !== connective) {
        // All that was said so far is the first part of what follows: as if it stood in brackets.
        parts = [joined(op, parts)];
        if (depth + ++changes > maximumDepth) throw fail("fewer changes between 'and' and 'or'");
      }
      op = connective;
      parts.push(single(depth));
    }
  };

  const single = (depth: number): FilterExpression => {
    if (takeSign('(')) return closed(depth, ')');
    const before = at;
    if (take(word)?.toLowerCase() === 'not' && takeSign('(')) return { op: 'not', part: closed(depth, ')') };
    at = before;
    return comparison(depth);
  };

  const closed = (depth: number, sign: string): FilterExpression => {
    const inner = list(depth + 1);
    if (!takeSign(sign)) throw fail(`'${sign}'`);
    return inner;
  };

  const comparison = (depth: number): FilterExpression => {
    const path = [step(depth)];
    while (source[at] === '.') {
      at++;
      path.push(step(depth));
    }
    const found = take(bare)?.toLowerCase();
    const operator = filterOperators.find((one) => one === found);
    if (!operator) throw fail(`one of ${filterOperators.join(', ')}`);
    if (++comparisons > maximumComparisons) throw fail(`at most ${maximumComparisons} comparisons`);
    const quoted = take(text);
    const value = quoted === undefined ? take(bare) : unquoted(quoted);
    if (value === undefined) throw fail('a value');
    return { op: 'compare', path, operator, value, quoted: quoted !== undefined };
  };

  const step = (depth: number): FilterStep => {
    const found = take(name);
    if (found === undefined) throw fail('a search parameter');
    if (source[at] !== '[') return { name: found, where: undefined };
    at++;
    return { name: found, where: closed(depth, ']') };
  };

  const unquoted = (json: string): string => {
    try {
      return JSON.parse(json) as string;
    } catch {
      throw fail('a text as JSON has it');
    }
  };

  const expression = list(0);
  if (source.slice(at).trim() !== '') throw fail("'and', 'or' or the end");
  return expression;
}
