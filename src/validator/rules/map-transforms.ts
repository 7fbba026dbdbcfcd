/**
 * What a rule of a StructureMap makes its target from: transforms take so many parameters, variables among them are
 * there, and expressions are FHIRPath.
 * https://hl7.org/fhir/R4/valueset-map-transform.html
 */
import type { Issue } from '../../core/issue.ts';
import { objectsOf } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext } from '../type-rules.ts';
import { malformedIssues } from './constraint-expressions.ts';
import type { MapTypes } from './map-types.ts';
import type { Variables } from './map-variables.ts';

type Element = Record<string, unknown>;
type Types = readonly string[] | undefined;

/** By transform: the fewest and the most parameters. Of others the specification does not tell. */
const counts: Readonly<Record<string, readonly [least: number, most: number]>> = {
  append: [1, Number.POSITIVE_INFINITY],
  cc: [1, 3],
  copy: [0, 1],
  create: [0, 1],
  evaluate: [1, 2],
  reference: [1, 1],
  translate: [2, 3],
  uuid: [0, 0],
};

/** What a translation may be of. */
const outputs: ReadonlySet<unknown> = new Set(['code', 'system', 'display', 'Coding', 'CodeableConcept']);

export function transformIssues(
  { transform, parameter }: Element,
  variables: Variables,
  place: string,
  context: RuleContext,
): Issue[] {
  const parameters = objectsOf(parameter);
  const [least, most] = transform === undefined ? [0, 0] : (counts[String(transform)] ?? [0, 99]);
  if (parameters.length < least || parameters.length > most) {
    const range = least === most ? `${least}` : `${least} to ${most}`;
    return [ruleIssue('map-parameters', place, String(transform ?? 'create'), range)];
  }
  const isOutput = transform !== 'translate' || outputs.has(parameters[2]?.valueString ?? 'code');
  return [
    ...(isOutput ? [] : [ruleIssue('map-output', `${place}.parameter[2].value`)]),
    ...parameters.flatMap(({ valueId }, index) =>
      typeof valueId !== 'string' || variables.get(valueId) || context.model.type(valueId)
        ? []
        : [ruleIssue('map-variable', `${place}.parameter[${index}].value`)],
    ),
    ...(transform === 'evaluate' ? expressionIssues(parameters, `${place}.parameter`, context) : []),
  ];
}

/** The last parameter is the expression; one before it says from what it begins. */
function expressionIssues(parameters: readonly Element[], place: string, context: RuleContext): Issue[] {
  const at = parameters.length - 1;
  const expression = parameters[at]?.valueString;
  return typeof expression === 'string' ? malformedIssues(expression, `${place}[${at}].value`, context) : [];
}

/** The types of what is made, as far as that is known. */
export function transformedTypes({ transform, parameter }: Element, held: Types, types: MapTypes): Types {
  const [first] = objectsOf(parameter);
  if (transform === 'create' && first !== undefined) return types.named(first.valueString ?? first.valueId);
  return held?.length === 1 ? held : undefined;
}
