/**
 * URLs: what is absolute, and which domains stand for examples only (RFC 2606 and HL7's own habit).
 * https://hl7.org/fhir/R4/datatypes.html#uri
 */
import { found, type Run, stepAt } from '../run.ts';
import { containedTarget } from './contained-target.ts';
import { leadsSomewhere } from './narrative-links.ts';

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const example = /^[a-z]+:\/\/([^/]*\.)?(example\.(org|com|net)|acme\.(com|org))([:/]|$)/i;

export function isAbsolute(url: string): boolean {
  return url.startsWith('http://') || scheme.test(url);
}

/** Whether a URL lies in a domain that exists for examples only. */
export function isExampleUrl(url: string): boolean {
  return example.test(url);
}

/** A version or a fragment may follow. */
const oid = /^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+(?:[|#]|$)/;
/** URIs are compared as they are written, and UUIDs in them are all lower case. */
const uuid = /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:[|#]|$)/;

const urnUuid = 'urn:uuid:';
/** 1 for each hexadecimal digit. */
const hexadecimal = new Uint8Array(128);
for (const c of '0123456789abcdefABCDEF') hexadecimal[c.charCodeAt(0)] = 1;

/** 1 where there are but digits, else 0: one decision for all of them, not one for each. */
function areDigits(text: string, from: number, to: number): number {
  let all = 1;
  for (let i = from; i < to; i++) all &= hexadecimal[text.charCodeAt(i)] as number;
  return all;
}

const isHyphenAt = (text: string, at: number): boolean => text.charCodeAt(at) === 45;

/** Whether a text is a URN of a UUID and nothing else; two thirds of the time that a pattern takes. */
export function isUuidUrn(text: string): boolean {
  if (text.length !== 45 || !text.startsWith(urnUuid)) return false;
  if (!isHyphenAt(text, 17) || !isHyphenAt(text, 22) || !isHyphenAt(text, 27) || !isHyphenAt(text, 32))
    return false;
  const groups = areDigits(text, 9, 17) & areDigits(text, 18, 22) & areDigits(text, 23, 27);
  return (groups & areDigits(text, 28, 32) & areDigits(text, 33, 45)) === 1;
}

/** What is wrong with the form of an OID or a UUID, if anything. */
export function urnFault(text: string): 'uri-prefix' | 'uri-oid' | 'uri-uuid' | undefined {
  const first = text.charCodeAt(0);
  if (first !== 111 && first !== 117) return undefined;
  if (text.startsWith('urn:uuid:')) return uuid.test(text) ? undefined : 'uri-uuid';
  if (text.startsWith('urn:oid:')) return oid.test(text) ? undefined : 'uri-oid';
  return text.startsWith('oid:') || text.startsWith('uuid:') ? 'uri-prefix' : undefined;
}

/** What a URL leads to that begins with `#`: a canonical one to a contained resource, others to any element. */
function checkFragment(text: string, run: Run, step: string, type: string): void {
  if (type === 'canonical') {
    if (!containedTarget(text, run.scope)) found(run, 'canonical-fragment', step);
  } else if (text !== '#' && !leadsSomewhere(text, run)) found(run, 'local-id-unknown', step);
}

/**
 * What a uri, url or canonical says beyond being free of white space.
 * @param index place in the array; -1 for an element that does not repeat
 */
export function checkUri(text: string, run: Run, name: string, index: number, type: string): void {
  const first = text.charCodeAt(0);
  if (first === 35) {
    run.scope.fragments.push(text);
    // What a definition fixes or gives as an example is a value of other resources.
    if (run.scope.type !== 'StructureDefinition') checkFragment(text, run, stepAt(name, index), type);
    return;
  }
  const fault = urnFault(text);
  if (fault) found(run, fault, stepAt(name, index));
  if (type === 'canonical' && !isAbsolute(text)) found(run, 'canonical-relative', stepAt(name, index));
  if (run.options.exampleUrls === false && isExampleUrl(text)) found(run, 'url-example', stepAt(name, index));
}
