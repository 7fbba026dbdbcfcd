/** What a URL ends in: `Patient` of `http://hl7.org/fhir/StructureDefinition/Patient`. */
export const lastStep = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
