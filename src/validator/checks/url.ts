/**
 * URLs: what is absolute, and which domains stand for examples only (RFC 2606 and HL7's own habit).
 * https://hl7.org/fhir/R4/datatypes.html#uri
 */

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const example = /^[a-z]+:\/\/([^/]*\.)?(example\.(org|com|net)|acme\.(com|org))([:/]|$)/i;

export function isAbsolute(url: string): boolean {
  return scheme.test(url);
}

/** Whether a URL lies in a domain that exists for examples only. */
export function isExampleUrl(url: string): boolean {
  return example.test(url);
}
