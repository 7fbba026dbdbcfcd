/** What one needs to know of a breach besides its text: whom it concerns, which number decided, how to mend it. */
import type { Verdict } from './rule.ts';
import { parameterText } from './rule-parameters.ts';

/**
 * @param about a reference that is named elsewhere already
 * @returns sentences; undefined when there is nothing to add
 */
export function breachHint(verdict: Verdict, about?: string): string | undefined {
  const { resources, evidence = [], parameter, satisfy } = verdict;
  const others = [...new Set([...resources, ...evidence])].filter((reference) => reference !== about);
  const sentences = [
    others.length > 0 ? `Concerns ${others.join(', ')}` : '',
    parameter ? `Parameter ${parameterText(parameter)}${ownerText(parameter.owner)}` : '',
    satisfy ? `To satisfy it: ${satisfy}` : '',
  ].filter((one) => one !== '');
  return sentences.length > 0 ? sentences.join('. ') : undefined;
}

const ownerText = (owner: string) => (owner === '' ? '' : `, owned by ${owner}`);
