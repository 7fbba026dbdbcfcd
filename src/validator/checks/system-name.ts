/**
 * URLs that look like those of code systems and are none: a code system is named by its URL to the letter.
 * https://hl7.org/fhir/R4/terminologies-systems.html
 */
import type { Registry } from '../../fhir/registry.ts';
import { ucumSystem } from '../../terminology/ucum.ts';
import type { FindingKey } from '../finding.ts';
import { isAbsolute } from './url.ts';

/** Code systems that are known to exist and are not shipped: their licence or their size forbids it. */
export const external: ReadonlySet<string> = new Set([
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

/** Names that nothing may follow: an edition is named by its version. */
const whole = [
  'http://snomed.info/sct',
  'http://loinc.org',
  'http://www.nlm.nih.gov/research/umls/rxnorm',
  ucumSystem,
];

/** Where the builds and the pages of the specification lie. */
const page = /^https?:\/\/(?:build\.fhir\.org\/|(?:www\.)?hl7\.org\/fhir\/.*\.html$)/;
/** Those of R4 itself, which are all at hand; what begins with other words belongs to guides. */
const ofSpecification = /^https?:\/\/(?:www\.)?hl7\.org\/fhir\/(?:(?:v2|v3|ValueSet|CodeSystem)\/)?[^/]+$/;

/** What is wrong with a name that no code system and no value set at hand has, if anything. */
export function nameFault(system: string, registry: Registry): FindingKey | undefined {
  if (!isAbsolute(system)) return 'code-system-relative';
  if (system.startsWith('https://')) {
    const named = `http${system.slice('https'.length)}`;
    if (external.has(named) || named === ucumSystem || registry.codeSystem(named)) return 'code-system-https';
  }
  if (page.test(system) || ofSpecification.test(system)) return 'code-system-unknown';
  const longer = whole.some((name) => system.length > name.length && system.startsWith(name));
  return longer ? 'code-system-unknown' : undefined;
}
