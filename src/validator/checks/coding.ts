/**
 * Codings by themselves, whatever they are bound to: the code exists in its system and is called what it says.
 * https://hl7.org/fhir/R4/datatypes.html#Coding
 */
import type { Registry } from '../../fhir/registry.ts';
import type { Terminology } from '../../terminology/terminology.ts';
import { found, type Run } from '../run.ts';

type CodedCheck = (value: Record<string, unknown>, run: Run) => void;

export function codingCheck(
  terminology: Terminology,
  registry: Registry,
): { coding: CodedCheck; quantity: CodedCheck } {
  function coding(value: Record<string, unknown>, run: Run): void {
    const { system, code, display } = value;
    if (typeof system !== 'string' || typeof code !== 'string') return;
    if (registry.codeSystem(system)?.content === 'supplement') {
      found(run, 'code-system-supplement', 'system', system);
      return;
    }
    const answer = terminology.lookup(system, code);
    if (answer === undefined) {
      if (registry.valueSet(system) && !registry.codeSystem(system))
        found(run, 'code-system-is-value-set', 'system');
      return;
    }
    if (!answer.found) {
      const complete = terminology.content(system) === 'complete';
      found(run, complete ? 'code-unknown' : 'code-fragment', 'code', system);
    } else if (
      typeof display === 'string' &&
      answer.display !== undefined &&
      !sameWords(display, answer.display)
    ) {
      found(run, 'code-display', 'display', system);
    }
  }

  return { coding, quantity: () => undefined };
}

/** Displays are compared without regard to case and white space. */
function sameWords(one: string, other: string): boolean {
  return one === other || squeeze(one) === squeeze(other);
}

const squeeze = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').trim();
