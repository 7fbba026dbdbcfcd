/**
 * The constraints that a form carries for its responses, by the extension of today and by the one before it.
 * https://hl7.org/fhir/extensions/StructureDefinition-targetConstraint.html and
 * https://hl7.org/fhir/R4/extension-questionnaire-constraint.html
 */

import { objectsOf } from '../fhir/resource.ts';
import { choiceOf } from './form.ts';
import { type FormExpression, fhirPathLanguage } from './form-environment.ts';

export interface FormConstraint {
  /** Unique within the form. */
  readonly key: string;
  readonly severity: 'error' | 'warning';
  readonly expression: FormExpression;
  /** What the author of the form says to whoever breaks it. */
  readonly human: string;
}

const urls: ReadonlySet<unknown> = new Set([
  'http://hl7.org/fhir/StructureDefinition/targetConstraint',
  'http://hl7.org/fhir/StructureDefinition/questionnaire-constraint',
]);

/**
 * The expressions of constraints that are FHIRPath by definition, a text and not an Expression.
 * @param path of the element
 */
export function constraintTexts(
  element: Readonly<Record<string, unknown>>,
  path: string,
): { readonly text: string; readonly path: string }[] {
  if (element.extension === undefined) return [];
  return objectsOf(element.extension).flatMap(({ url, extension }, index) =>
    objectsOf(urls.has(url) ? extension : undefined).flatMap(({ url: name, valueString }, at) =>
      name === 'expression' && typeof valueString === 'string'
        ? [{ text: valueString, path: `${path}.extension[${index}].extension[${at}].value` }]
        : [],
    ),
  );
}

/** Those of a form as a whole, or of one item. */
export function constraintsOf(element: Readonly<Record<string, unknown>>): FormConstraint[] {
  return objectsOf(element.extension).flatMap(({ url, extension }) => {
    if (!urls.has(url)) return [];
    const parts = new Map(objectsOf(extension).map((part) => [part.url, choiceOf(part, 'value')?.value]));
    const expression = expressionIn(parts.get('expression'));
    if (!expression) return [];
    return [
      {
        key: String(parts.get('key') ?? ''),
        severity: parts.get('severity') === 'warning' ? ('warning' as const) : ('error' as const),
        expression,
        human: String(parts.get('human') ?? ''),
      },
    ];
  });
}

/** An Expression, or the text of one in FHIRPath. */
function expressionIn(value: unknown): FormExpression | undefined {
  if (typeof value === 'string') return { language: fhirPathLanguage, expression: value };
  const { language, expression } = (value ?? {}) as Partial<FormExpression>;
  return typeof language === 'string' && typeof expression === 'string'
    ? { language, expression }
    : undefined;
}
