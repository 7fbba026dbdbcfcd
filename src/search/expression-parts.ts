/**
 * Search expressions made ready for one resource type: the members of the union that concern it, relative to the
 * resource, with the test on a reference's target taken out, since the text of the reference answers it.
 */
import type { Model } from '../fhir/model.ts';
import type { ExpressionPart } from './parameter.ts';

const targetTest = /\.where\(resolve\(\) is (\w+)\)$/;
const typeAtStart = /^\(*([A-Z]\w*)/;

/**
 * Published expressions that do not say what they mean. `as` is only defined on a single value, but is used on lists;
 * `hasExtension()` does not exist; `DateTime` is not a type of FHIR.
 */
const corrections: readonly (readonly [RegExp, string])[] = [
  [/\(([\w.]+) as (\w+)\)/g, '$1.ofType($2)'],
  [/\.as\((\w+)\)/g, '.ofType($1)'],
  [/hasExtension\(([^)]*)\)/g, 'extension($1).exists()'],
  [/ofType\(DateTime\)/g, 'ofType(dateTime)'],
];

/** The parts of an expression that apply to a resource type. */
export function expressionParts(expression: string, resourceType: string, model: Model): ExpressionPart[] {
  return splitUnion(expression).flatMap((part) => {
    const type = typeAtStart.exec(part)?.[1];
    if (type !== undefined && !model.isA(resourceType, type)) return [];
    const targetType = targetTest.exec(part)?.[1];
    const correct = corrected(part.replace(targetTest, ''));
    const anchored = type === undefined ? correct : correct.replace(new RegExp(`^${type}\\b`), resourceType);
    return [{ expression: anchored, targetType }];
  });
}

/** An expression relative to something else than a resource: a component's. */
export function corrected(expression: string): string {
  return corrections.reduce((text, [wrong, right]) => text.replace(wrong, right), expression.trim());
}

/** The members of a union, split where no bracket or text is open. */
export function splitUnion(expression: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let i = 0; i < expression.length; i++) {
    const character = expression[i];
    if (character === "'") quoted = !quoted;
    else if (quoted) continue;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) {
      parts.push(expression.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(expression.slice(start).trim());
  return parts;
}
