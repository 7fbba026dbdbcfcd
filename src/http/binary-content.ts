/**
 * Binary as what it holds: raw content in and out, where a client does not ask for the resource in a format of FHIR.
 * Behind this door a Binary is a resource in JSON like any other.
 * https://hl7.org/fhir/R4/binary.html#rest
 */
import type { FastifyRequest } from 'fastify';
import { parseJson } from '../fhir/json-source.ts';
import { isObject, isResource } from '../fhir/resource.ts';
import type { PathParameters } from './route-pattern.ts';

export interface Content {
  readonly contentType: string;
  readonly bytes: Buffer;
  /** `securityContext.reference`: whose access rules hold for the content. */
  readonly securityContext: string | undefined;
}

const anyContent = 'application/octet-stream';
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w-]+=(?:"[\x20-\x7e]*"|[\x21-\x7e]+))*$/;
/** Names a format of FHIR: `application/fhir+json`, `application/xml+fhir`. */
const fhirFormat = /\bfhir\b/;

/** Whether a request brings content for a Binary instead of the resource. */
export function bringsContent(request: FastifyRequest, body: Buffer): boolean {
  const { type } = request.params as PathParameters;
  if (type !== 'Binary' || !['POST', 'PUT'].includes(request.method)) return false;
  const contentType = request.headers['content-type'] ?? '';
  return !fhirFormat.test(contentType) && !isBinaryResource(contentType, body);
}

/** A generic type, `application/json`, may hold the resource as well as any JSON. */
function isBinaryResource(contentType: string, body: Buffer): boolean {
  if (/xml/.test(contentType)) return /<Binary\b[^>]*"http:\/\/hl7\.org\/fhir"/.test(body.toString('latin1'));
  if (!/json/.test(contentType)) return false;
  try {
    const value = parseJson(body.toString());
    return isResource(value) && value.resourceType === 'Binary';
  } catch {
    return false;
  }
}

/** The Binary that holds the body of a request, as JSON text. */
export function binaryHolding(request: FastifyRequest, body: Buffer): string {
  const { id } = request.params as PathParameters;
  const context = request.headers['x-security-context'];
  return JSON.stringify({
    resourceType: 'Binary',
    ...(id === undefined ? {} : { id }),
    contentType: request.headers['content-type']?.trim() || anyContent,
    ...(typeof context === 'string' ? { securityContext: { reference: context } } : {}),
    data: body.toString('base64'),
  });
}

/**
 * What is to be sent for a Binary.
 * @param json text of the Binary
 * @param accept the header; a client that names no format of FHIR wants the content, if it takes its type
 * @returns undefined when the resource is wanted
 */
export function wantedContent(json: string, accept: string | undefined): Content | undefined {
  if (accept !== undefined && fhirFormat.test(accept)) return undefined;
  const { contentType, data, securityContext } = JSON.parse(json) as Record<string, unknown>;
  const ownType = typeof contentType === 'string' && mediaType.test(contentType) ? contentType : anyContent;
  if (!takes(accept, ownType)) return undefined;
  const reference = isObject(securityContext) ? securityContext.reference : undefined;
  return {
    contentType: ownType,
    bytes: Buffer.from(typeof data === 'string' ? data : '', 'base64'),
    securityContext:
      typeof reference === 'string' && /^[\x21-\x7e]+$/.test(reference) ? reference : undefined,
  };
}

function takes(accept: string | undefined, contentType: string): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  const [own = ''] = contentType.toLowerCase().split(';');
  const type = own.trim();
  const wanted = new Set(['*/*', `${type.split('/')[0]}/*`, type]);
  return accept.split(',').some((range) => wanted.has(range.split(';')[0]!.trim().toLowerCase()));
}
