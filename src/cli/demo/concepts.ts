/** Codes in the form resources carry them; the words of the guide's own codes are added at the end, from the guide. */
import type { CodeableConcept, Extension, Quantity } from '@medplum/fhirtypes';

export const base = 'https://w3id.org/kat-fhir';
const terminology = 'http://terminology.hl7.org/CodeSystem';

export const systems = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  atc: 'http://www.whocc.no/atc',
  route: `${terminology}/v3-RouteOfAdministration`,
  act: `${terminology}/v3-ActCode`,
} as const;

export function concept(system: string, code: string, display?: string): CodeableConcept {
  return { coding: [{ system, code, ...(display === undefined ? {} : { display }) }] };
}

/** A code of the guide: `local('kat-phase', 'medicine')`. */
export const local = (codeSystem: string, code: string): CodeableConcept =>
  concept(`${base}/CodeSystem/${codeSystem}`, code);

export const loinc = (code: string, display?: string): CodeableConcept =>
  concept(systems.loinc, code, display);
export const snomed = (code: string, display: string): CodeableConcept =>
  concept(systems.snomed, code, display);

/** A code of HL7's terminology: `hl7('observation-category', 'survey', 'Survey')`. */
export const hl7 = (codeSystem: string, code: string, display?: string): CodeableConcept =>
  concept(`${terminology}/${codeSystem}`, code, display);

export const quantity = (value: number, unit: string, code = unit): Quantity => ({
  value,
  unit,
  system: 'http://unitsofmeasure.org',
  code,
});

/** An extension of the guide: `extension('session-number', { valuePositiveInt: 1 })`. */
export const extension = (id: string, content: Omit<Extension, 'url'>): Extension => ({
  url: `${base}/StructureDefinition/kat-${id}`,
  ...content,
});

export const profile = (id: string): string => `${base}/StructureDefinition/kat-${id}`;

/** How a visit is held, and where the patient goes after it. */
export const ambulatory = { system: systems.act, code: 'AMB', display: 'ambulatory' } as const;
export const homeward = { dischargeDisposition: hl7('discharge-disposition', 'home', 'Home') };
