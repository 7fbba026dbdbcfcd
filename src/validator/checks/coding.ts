/**
 * Codings by themselves, whatever they are bound to: the code exists in its system and is called what it says.
 * https://hl7.org/fhir/R4/datatypes.html#Coding
 */
import type { Registry } from '../../fhir/registry.ts';
import type { Terminology } from '../../terminology/terminology.ts';
import { found, foundOnce, type Run } from '../run.ts';

/** Code systems that are known to exist and are not shipped: their licence or their size forbids it. */
const external = new Set([
  'http://snomed.info/sct',
  'http://loinc.org',
  'http://www.nlm.nih.gov/research/umls/rxnorm',
  'http://hl7.org/fhir/sid/icd-10',
  'http://hl7.org/fhir/sid/icd-10-cm',
  'http://hl7.org/fhir/sid/icd-9-cm',
  'http://hl7.org/fhir/sid/ndc',
  'http://hl7.org/fhir/sid/cvx',
  'http://www.ama-assn.org/go/cpt',
  'http://www.whocc.no/atc',
  'http://dicom.nema.org/resources/ontology/DCM',
  'http://nucc.org/provider-taxonomy',
  'urn:iso:std:iso:11073:10101',
]);

type CodedCheck = (value: Record<string, unknown>, run: Run) => void;

export function codingCheck(
  terminology: Terminology,
  registry: Registry,
): { coding: CodedCheck; quantity: CodedCheck } {
  function coding(value: Record<string, unknown>, run: Run): void {
    const { system, code, display } = value;
    if (typeof system !== 'string' || typeof code !== 'string') return;
    const definition = registry.codeSystem(system);
    if (definition?.content === 'supplement' || definition?.supplements !== undefined) {
      found(run, 'code-system-supplement', 'system', system);
      return;
    }
    const answer = terminology.lookup(system, code);
    if (answer === undefined) {
      if (!definition && registry.valueSet(system)) found(run, 'code-system-is-value-set', 'system');
      else foundOnce(run, 'code-not-checked', 'code', external.has(system) ? system : 'of this code');
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
