/**
 * A Questionnaire beside the one that it says it complies with, or extends: what both have stays as it is, but for
 * being narrower. Only one that extends may add items and answers.
 * https://hl7.org/fhir/extensions/StructureDefinition-questionnaire-derivationType.html
 */
import type { Issue } from '../core/issue.ts';
import { isObject, objectsOf, type Resource } from '../fhir/resource.ts';
import { formFinding } from './finding.ts';
import { allItems, choiceOf, extensionValue, type FormItem, formItems } from './form.ts';
import { isSameAnswer } from './same-answer.ts';

type Json = Readonly<Record<string, unknown>>;
type Derivation = 'compliesWith' | 'extends';

const extensionUrl = 'http://hl7.org/fhir/StructureDefinition/questionnaire-derivationType';
const system = 'http://hl7.org/fhir/questionnaire-derivationType';

/** What an item breaks of what its base says: the path below the item where it does, empty for the item itself. */
type DerivationRule = (own: Json, base: Json, derivation: Derivation) => readonly string[];

const rules: readonly DerivationRule[] = [
  (own, base) => (own.type === base.type ? [] : ['.type']),
  (own, base) => (own.repeats === true && base.repeats !== true ? ['.repeats'] : []),
  (own, base) => (own.required === false && base.required === true ? ['.required'] : []),
  ({ maxLength }, base) => {
    if (typeof base.maxLength !== 'number') return [];
    if (typeof maxLength !== 'number') return [''];
    return maxLength > base.maxLength ? ['.maxLength'] : [];
  },
  optionFaults,
];

/**
 * @param find the Questionnaire of a canonical URL
 * @returns findings with expressions that begin with `Questionnaire`
 */
export function checkDerivation(
  questionnaire: Json,
  find: (canonical: string) => Resource | undefined,
): Issue[] {
  const { derivedFrom, _derivedFrom } = questionnaire;
  if (!Array.isArray(derivedFrom) || !Array.isArray(_derivedFrom)) return [];
  return derivedFrom.flatMap((canonical: unknown, index) => {
    const derivation = derivationIn(_derivedFrom[index]);
    const base = derivation && typeof canonical === 'string' ? find(canonical) : undefined;
    return derivation && base ? issuesOf(questionnaire, base, derivation) : [];
  });
}

function derivationIn(extended: unknown): Derivation | undefined {
  const value = isObject(extended) ? extensionValue(extended, extensionUrl) : undefined;
  if (!isObject(value) || value.system !== system) return undefined;
  return value.code === 'compliesWith' || value.code === 'extends' ? value.code : undefined;
}

function issuesOf(questionnaire: Json, base: Json, derivation: Derivation): Issue[] {
  const byLinkId = new Map(allItems(formItems(base)).map((item) => [item.linkId, item]));
  return allItems(formItems(questionnaire)).flatMap((item) =>
    faultsOf(item, byLinkId.get(item.linkId), derivation).map((below) =>
      formFinding('form-derivation', `${item.path}${below}`, item.linkId),
    ),
  );
}

function faultsOf({ definition }: FormItem, base: FormItem | undefined, derivation: Derivation): string[] {
  if (!base) return derivation === 'extends' ? [] : [''];
  return rules.flatMap((rule) => rule(definition, base.definition, derivation));
}

/** Where answers are listed, they stay so; those of a value set are not compared. */
function optionFaults(own: Json, base: Json, derivation: Derivation): string[] {
  const offered = objectsOf(base.answerOption).map((option) => choiceOf(option, 'value'));
  if (offered.length === 0 || own.answerValueSet !== undefined) return [];
  const options = objectsOf(own.answerOption);
  if (options.length === 0) return [''];
  if (derivation === 'extends') return [];
  return options.flatMap((option, index) => {
    const value = choiceOf(option, 'value');
    const isOffered = offered.some(
      (one) => one?.type === value?.type && isSameAnswer(value?.value, one?.value),
    );
    return isOffered ? [] : [`.answerOption[${index}]`];
  });
}
