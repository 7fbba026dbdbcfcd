/**
 * What an item demands of its answers, read once: a form is asked by many responses, and its items have whatever shape
 * their author gave them.
 * https://hl7.org/fhir/R4/questionnaire-definitions.html
 */
import { isObject, objectsOf } from '../fhir/resource.ts';
import { type ItemTypeRule, itemTypeRule, listed } from './answer-type.ts';
import { type OptionWeight, optionWeights } from './answer-weights.ts';
import { type Condition, conditionOf } from './enable-when.ts';
import { choiceOf, extensionValue, type FormItem } from './form.ts';
import { expressionsOf, type FormExpression } from './form-environment.ts';

export interface ItemDemands {
  /** Absent for a type that R4 does not have. */
  readonly type: ItemTypeRule | undefined;
  /** What it says, in every language it says it in; undefined where an extension says it. */
  readonly texts: readonly string[] | undefined;
  readonly required: boolean;
  /** How often it may be repeated or answered, and how often it has to be once it is there. */
  readonly most: number;
  readonly least: number;
  /** All of these enable it, or any. */
  readonly conditions: readonly Condition[];
  readonly any: boolean;
  /** The expression that enables it instead. */
  readonly enabledBy: FormExpression | undefined;
  /** The answers it offers, and the suffixes of `value[x]` that they have. */
  readonly options: readonly unknown[];
  readonly optionTypes: ReadonlySet<string>;
  /** What its options count, as far as they count. */
  readonly weights: readonly OptionWeight[];
  readonly valueSet: string | undefined;
  readonly maxLength: number | undefined;
  /** Whether extensions may say more. */
  readonly extended: boolean;
}

const occurrence = 'http://hl7.org/fhir/StructureDefinition/questionnaire-';
const answerExpression = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-answerExpression';
const translation = 'http://hl7.org/fhir/StructureDefinition/translation';
const enableWhenExpression =
  'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression';

export function itemDemands(item: FormItem): ItemDemands {
  const { type, definition } = item;
  const { required, repeats, maxLength, answerValueSet } = definition;
  const most = numberOr(extensionValue(definition, `${occurrence}maxOccurs`), Number.POSITIVE_INFINITY);
  const options = objectsOf(definition.answerOption).map((option) => choiceOf(option, 'value'));
  const isComputed = options.length === 0 && expressionsOf(definition, answerExpression).length > 0;
  return {
    type: itemTypeRule(type),
    texts: textsOf(definition),
    required: required === true,
    most: repeats === true ? most : 1,
    least: numberOr(extensionValue(definition, `${occurrence}minOccurs`), 0),
    conditions: objectsOf(definition.enableWhen).map(conditionOf),
    // Where it is not said, R4 joins conditions by "or".
    any: definition.enableBehavior !== 'all',
    enabledBy: expressionsOf(definition, enableWhenExpression)[0],
    options: options.map((option) => option?.value),
    optionTypes: new Set(isComputed ? listed : options.flatMap((option) => option?.type ?? [])),
    weights: optionWeights(item),
    valueSet: typeof answerValueSet === 'string' ? answerValueSet : undefined,
    maxLength: typeof maxLength === 'number' ? maxLength : undefined,
    extended: definition.extension !== undefined,
  };
}

/** https://hl7.org/fhir/R4/extension-translation.html */
function textsOf({ text, _text }: FormItem['definition']): string[] | undefined {
  if (typeof text !== 'string') return _text === undefined ? [] : undefined;
  const translations = objectsOf(isObject(_text) ? _text.extension : undefined).filter(
    ({ url }) => url === translation,
  );
  return [text, ...translations.map((one) => extensionValue(one, 'content')).filter(isText)];
}

const isText = (value: unknown) => typeof value === 'string';

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
