/** How rules put their verdicts into words: a breach is an error unless it says otherwise. */
import type { Verdict, VerdictStatus } from './rule.ts';
import type { RuleParameter, RuleParameters } from './rule-parameters.ts';

type Details = Partial<Pick<Verdict, 'severity' | 'evidence' | 'parameter' | 'satisfy' | 'due'>>;

/** @param resources what the verdict is about */
export function verdict(
  status: VerdictStatus,
  text: string,
  resources: readonly string[] = [],
  details: Details = {},
): Verdict {
  return { status, severity: 'error', text, resources, ...details };
}

/** What a rule says when it lacks a number to judge by. */
export function notStated(...names: readonly string[]): Verdict {
  const others = names.slice(0, -1).join(', ');
  const which =
    others === '' ? `the parameter ${names[0]}` : `all of the parameters ${others} and ${names.at(-1)}`;
  return verdict('not-applicable', `No protocol states ${which}`);
}

/** The parameters of a rule that are stated as a value can be read from them. */
export function statedBy(rule: string, parameters: RuleParameters) {
  return <T>(name: string, read: (parameter: RuleParameter | undefined) => T | undefined) => {
    const parameter = parameters.get(rule, name);
    const value = read(parameter);
    return parameter === undefined || value === undefined ? undefined : { name, parameter, value };
  };
}

/** A yes or no; undefined when the parameter is none. */
export const flagOf = (parameter: RuleParameter | undefined): boolean | undefined =>
  parameter?.value.valueBoolean;
