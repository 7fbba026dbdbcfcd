/**
 * The constants that every FHIR expression may name, besides the resources around the focus.
 * https://hl7.org/fhir/R4/fhirpath.html#vars
 */

const fixed: Readonly<Record<string, string>> = {
  ucum: 'http://unitsofmeasure.org',
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
};

/** @returns the value of `%name`; undefined when it is none of FHIR's fixed ones */
export function namedConstant(name: string): string | undefined {
  if (Object.hasOwn(fixed, name)) return fixed[name];
  if (name.startsWith('vs-')) return `http://hl7.org/fhir/ValueSet/${name.slice(3)}`;
  if (name.startsWith('ext-')) return `http://hl7.org/fhir/StructureDefinition/${name.slice(4)}`;
  return undefined;
}
