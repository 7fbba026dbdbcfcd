/**
 * The numbers by which rules judge: the extension kat-rule-parameter of the protocol (a PlanDefinition), and where that
 * is silent, of the guide's general protocol. No number of a rule stands in the code.
 */
import type { Extension, PlanDefinition } from '@medplum/fhirtypes';

const url = 'https://w3id.org/kat-fhir/StructureDefinition/kat-rule-parameter';

/** One parameter as the protocol states it. */
export interface RuleParameter {
  /** Key of the rule, `R05`. */
  readonly rule: string;
  /** `integration-max` */
  readonly name: string;
  /** `Extension` part that holds the value. */
  readonly value: Extension;
  /** Where the number comes from, in words. */
  readonly source: string;
  /** Who may change it. */
  readonly owner: string;
}

export interface RuleParameters {
  /** The statement of a parameter; undefined when no protocol makes one. */
  get(rule: string, name: string): RuleParameter | undefined;
  /** Canonical URLs of the value sets that are stated. */
  readonly valueSets: readonly string[];
}

/** @param protocols the one in force first, those that speak where it is silent after it */
export function ruleParameters(protocols: readonly (PlanDefinition | undefined)[]): RuleParameters {
  const stated = new Map<string, RuleParameter>();
  for (const protocol of protocols.toReversed()) {
    for (const extension of protocol?.extension ?? []) {
      const parameter = extension.url === url ? parameterOf(extension) : undefined;
      if (parameter) stated.set(`${parameter.rule} ${parameter.name}`, parameter);
    }
  }
  const texts = [...stated.values()].flatMap(({ value }) => value.valueString ?? []);
  return {
    get: (rule, name) => stated.get(`${rule} ${name}`),
    valueSets: texts.filter((text) => /^(?:https?|urn):/.test(text)),
  };
}

function parameterOf({ extension = [] }: Extension): RuleParameter | undefined {
  const part = (name: string) => extension.find((one) => one.url === name);
  const rule = part('rule')?.valueCode;
  const name = part('name')?.valueCode;
  const value = part('value');
  if (rule === undefined || name === undefined || value === undefined) return undefined;
  return {
    rule,
    name,
    value,
    source: part('source')?.valueString ?? '',
    owner: part('owner')?.valueString ?? '',
  };
}

/** Minutes in a unit of time (UCUM). */
export const minutesIn: Readonly<Record<string, number>> = { s: 1 / 60, min: 1, h: 60, d: 1440, wk: 10080 };

/** A duration in minutes; undefined when the parameter is none. */
export function minutesOf(parameter: RuleParameter | undefined): number | undefined {
  const duration = parameter?.value.valueDuration ?? parameter?.value.valueQuantity;
  const unit = minutesIn[duration?.code ?? duration?.unit ?? ''];
  return duration?.value === undefined || unit === undefined ? undefined : duration.value * unit;
}

/** A number, with or without a unit; undefined when the parameter is none. */
export function numberOf(parameter: RuleParameter | undefined): number | undefined {
  const value = parameter?.value;
  return value?.valueDecimal ?? value?.valueInteger ?? value?.valueQuantity?.value;
}

/** The parameter in words, as refusals and reports name it: `integration-max = 72 h (KRF …)`. */
export function parameterText({ name, value, source }: RuleParameter): string {
  return `${name} = ${valueText(value)}${source === '' ? '' : ` (${source})`}`;
}

function valueText(value: Extension): string {
  const quantity = value.valueDuration ?? value.valueQuantity;
  if (quantity) return `${quantity.value} ${quantity.unit ?? quantity.code ?? ''}`.trim();
  const { valueRange: range } = value;
  if (range)
    return `${range.low?.value ?? ''} to ${range.high?.value ?? ''} ${range.high?.unit ?? range.low?.unit ?? ''}`.trim();
  const coded = value.valueCodeableConcept?.coding?.[0]?.code;
  const plain =
    value.valueDecimal ?? value.valueInteger ?? value.valueBoolean ?? value.valueCode ?? value.valueString;
  return String(plain ?? coded ?? '');
}
