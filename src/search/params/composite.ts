/**
 * Composite parameters: halves that must hold of the very same element, so that a systolic value never matches a
 * diastolic code. Each code of the first half becomes part of the name under which the second is indexed. Where two
 * numbers follow (`chromosome-window-coordinate`), they are the low and high end of one range entry.
 * https://hl7.org/fhir/R4/search.html#combining
 */
import type { TypedValue } from '../../fhirpath/expression.ts';
import type { EntryCollector } from '../entry-collector.ts';
import type { Parameter } from '../parameter.ts';
import type { PlanNode } from '../plan.ts';
import { splitUnescaped } from '../search-value.ts';
import { anyOf, invalidValue, type ParameterKind } from './kind.ts';
import { type NumberTerm, numberAlternatives, parseNumber } from './number.ts';
import { rangeNode } from './prefix.ts';
import { codeTerms, parseToken, planToken, type TokenTerm } from './token.ts';

export interface CompositeTerm {
  readonly code: TokenTerm;
  readonly second: unknown;
  /** Of the composites of a code and two numbers. */
  readonly third: NumberTerm | undefined;
}

export type KindOf = (type: Parameter['type']) => ParameterKind;

/** The values of the components within one value of the composite, in order. */
export type Halves = readonly (readonly TypedValue[])[];

/** Indexes one value of a composite by the values of its components. */
export function indexComposite(
  halves: Halves,
  parameter: Parameter,
  kindOf: KindOf,
  into: EntryCollector,
): void {
  const [first, second, third] = parameter.components;
  const [codes = [], values = [], ends = []] = halves;
  if (!first || !second || codes.length === 0 || values.length === 0) return;
  for (const key of new Set(codes.flatMap((code) => codeTerms(code, parameter.name, first.parameter)))) {
    const name = halfName(key);
    if (third) indexCoordinates(values, ends, name, into);
    else kindOf(second.parameter.type).index(values, name, second.parameter, into);
  }
}

function indexCoordinates(
  starts: readonly TypedValue[],
  ends: readonly TypedValue[],
  name: string,
  into: EntryCollector,
): void {
  for (const { value: low } of starts) {
    for (const { value: high } of ends) {
      if (typeof low === 'number' && typeof high === 'number') into.numbers.push({ param: name, low, high });
    }
  }
}

function halfName(codeTerm: string): string {
  return `${codeTerm}$`;
}

/** @param kindOf the kinds of the components */
export function compositeKind(kindOf: KindOf): ParameterKind<CompositeTerm> {
  return {
    modifiers: [],
    // Needs the components' values: see indexComposite.
    index() {},
    parse(text, _modifier, parameter) {
      const [first, second, third] = parameter.components;
      const parts = splitUnescaped(text, '$');
      if (!first || !second || parts.length !== parameter.components.length) {
        const names = parameter.components.map((component) => component.parameter.name);
        throw invalidValue(parameter, `${names.join('$')}`);
      }
      const code = parseToken(parts[0]!, first.parameter);
      if (code.by !== 'code' && code.by !== 'system-code') {
        throw invalidValue(parameter, `a code as its first part`);
      }
      if (third) {
        const start = parseNumber(parts[1]!, second.parameter);
        return { code, second: start, third: parseNumber(parts[2]!, third.parameter) };
      }
      const kind = kindOf(second.parameter.type);
      return { code, second: kind.parse(parts[1]!, undefined, second.parameter), third: undefined };
    },
    plan({ code, second, third }, name, parameter) {
      const keys = termsOf(planToken(code, name));
      const half = parameter.components[1]!.parameter;
      return anyOf(
        keys.map((key) =>
          third
            ? coordinatesNode(second as NumberTerm, third, halfName(key))
            : kindOf(half.type).plan(second, halfName(key), half),
        ),
      );
    },
  };
}

function termsOf(node: PlanNode): string[] {
  if (node.kind === 'or') return node.nodes.flatMap(termsOf);
  return node.kind === 'term' ? [node.term] : [];
}

/** One entry whose low end meets the first number and whose high end meets the second. */
function coordinatesNode(start: NumberTerm, end: NumberTerm, name: string): PlanNode {
  return rangeNode(
    'number',
    name,
    numberAlternatives(start).flatMap((first) =>
      numberAlternatives(end).map((second) => [
        ...first.map((comparison) => ({ ...comparison, column: 'low' as const })),
        ...second.map((comparison) => ({ ...comparison, column: 'high' as const })),
      ]),
    ),
  );
}
