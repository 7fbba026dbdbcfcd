/**
 * Fills a template: where it holds an expression, its values take the place of the element; where they are none, the
 * element goes.
 * https://hl7.org/fhir/uv/sdc/StructureDefinition-sdc-questionnaire-templateExtractValue.html
 */
import { isObject, objectsOf } from '../../fhir/resource.ts';
import type { Environment, TypedValue } from '../../fhirpath/expression.ts';
import { formFinding } from '../finding.ts';
import { evaluate } from '../form-environment.ts';
import { adding } from '../walk-form.ts';
import { elementValue } from './element-value.ts';
import { type Extraction, type Json, sdc } from './extraction.ts';

const contextUrl = `${sdc}templateExtractContext`;
const valueUrl = `${sdc}templateExtractValue`;

/** What an expression of the template sees. */
interface Scope {
  readonly focus: readonly TypedValue[];
  readonly environment: Environment;
  readonly extraction: Extraction;
}

/** @returns undefined when nothing of the template is left */
export function fillTemplate(
  template: Json,
  focus: TypedValue,
  environment: Environment,
  extraction: Extraction,
): Record<string, unknown> | undefined {
  return fillObject(template, String(template.resourceType), { focus: [focus], environment, extraction });
}

function fillObject(
  template: Json,
  type: string | undefined,
  scope: Scope,
): Record<string, unknown> | undefined {
  const model = type === undefined ? undefined : scope.extraction.parts.model.type(type);
  const filled: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(template)) {
    if (key.startsWith('_')) continue;
    const companion = template[`_${key}`];
    const inner = isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : undefined;
    // A resource within a template says itself what it is.
    put(filled, key, fillValue(value, companion, inner ?? model?.key(key)?.type, scope));
  }
  // Companions without a value of their own: the value comes from their expression, or is not there.
  for (const [key, companion] of Object.entries(template)) {
    const plain = key.slice(1);
    if (!key.startsWith('_') || plain in template) continue;
    put(filled, plain, fillValue(undefined, companion, model?.key(plain)?.type, scope));
  }
  const content = Object.keys(filled).filter((key) => key !== 'resourceType');
  return content.length > 0 ? filled : undefined;
}

function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return;
  target[key] = value;
}

function fillValue(value: unknown, companion: unknown, type: string | undefined, scope: Scope): unknown {
  if (Array.isArray(value) || Array.isArray(companion)) {
    const values = Array.isArray(value) ? value : [];
    const companions = Array.isArray(companion) ? companion : [];
    const length = Math.max(values.length, companions.length);
    return Array.from({ length }, (_, index) =>
      fillOne(values[index], companions[index], type, scope),
    ).flat();
  }
  return fillOne(value, companion, type, scope)[0];
}

/** Every element that one element of the template becomes. */
function fillOne(value: unknown, companion: unknown, type: string | undefined, scope: Scope): unknown[] {
  const holder = isObject(value) ? value : isObject(companion) ? companion : {};
  const expressions = expressionsIn(holder);
  const contexts = expressions.context === undefined ? [scope] : contextsOf(expressions.context, scope);
  return contexts.flatMap((inner) => {
    if (expressions.value !== undefined) {
      return valuesOf(expressions.value.expression, inner)
        .map((result) => elementValue(result, type))
        .map((result) => (isObject(value) && isObject(result) ? { ...rest(value), ...result } : result))
        .filter((result) => result !== undefined && result !== null);
    }
    if (!isObject(value)) return value === undefined || value === null ? [] : [value];
    return fillObject(rest(value), type, inner) ?? [];
  });
}

interface TemplateExpression {
  readonly expression: string;
  readonly name?: string;
}

function expressionsIn(holder: Json): { context?: TemplateExpression; value?: TemplateExpression } {
  const found: { context?: TemplateExpression; value?: TemplateExpression } = {};
  for (const { url, valueString, valueExpression } of objectsOf(holder.extension)) {
    const { expression, name } = isObject(valueExpression)
      ? valueExpression
      : { expression: valueString, name: undefined };
    if (typeof expression !== 'string') continue;
    const said = { expression, ...(typeof name === 'string' ? { name } : {}) };
    if (url === contextUrl) found.context = said;
    if (url === valueUrl) found.value = said;
  }
  return found;
}

/** One scope for each value of the context. */
function contextsOf({ expression, name }: TemplateExpression, scope: Scope): Scope[] {
  return valuesOf(expression, scope).map((one) => ({
    ...scope,
    focus: [one],
    environment: name === undefined ? scope.environment : adding(scope.environment, { [name]: [one] }),
  }));
}

function valuesOf(expression: string, { focus, environment, extraction }: Scope): readonly TypedValue[] {
  return focus.flatMap((one) => {
    const values = evaluate(expression, one, environment, extraction.parts.compile);
    if (!values) extraction.issues.push(formFinding('extract-expression', 'QuestionnaireResponse'));
    return values ?? [];
  });
}

/** An element without the instructions of the template. */
function rest({ extension, ...content }: Json): Json {
  const own = objectsOf(extension).filter(({ url }) => url !== contextUrl && url !== valueUrl);
  return own.length > 0 ? { ...content, extension: own } : content;
}
