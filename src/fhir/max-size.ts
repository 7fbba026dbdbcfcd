/**
 * How many bytes the extension maxSize allows. R4 defines it in megabytes, the extension pack that defines it anew in
 * bytes, and forms of both kinds are about: what allows less than a thousand cannot mean bytes.
 * https://hl7.org/fhir/R4/extension-maxsize.html, https://hl7.org/fhir/extensions/StructureDefinition-maxSize.html
 */

const megabyte = 1024 * 1024;
const fewestBytes = 1000;

/** @param limit the value of the extension */
export function maxBytes(limit: number): number {
  return limit < fewestBytes ? limit * megabyte : limit;
}
