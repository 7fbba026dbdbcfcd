/**
 * Bodies are taken as text: the interactions parse JSON themselves, because they keep the text.
 * https://hl7.org/fhir/R4/http.html#mime-type
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuse } from '../../core/fhir-error.ts';
import { fhirVersions } from '../answer-format.ts';

export interface SubmittedBody {
  readonly kind: 'resource' | 'form';
  readonly text: string;
}

const kinds: readonly (readonly [mediaType: string, kind: SubmittedBody['kind']])[] = [
  ['application/fhir+json', 'resource'],
  ['application/json', 'resource'],
  ['application/json+fhir', 'resource'],
  ['text/json', 'resource'],
  ['application/x-www-form-urlencoded', 'form'],
];

/** Stricter than `Buffer.toString`, which replaces what is no UTF-8; drops a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

export function registerBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  for (const [mediaType, kind] of kinds) {
    app.addContentTypeParser(mediaType, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
      try {
        requireKnownParameters(request);
        done(null, { kind, text: decode(body) } satisfies SubmittedBody);
      } catch (error) {
        done(error as Error);
      }
    });
  }
  app.addContentTypeParser('*', (request, _payload, done) => {
    const isXml = /xml/i.test(request.headers['content-type'] ?? '');
    done(
      refuse(
        'unsupported-media-type',
        isXml ? 'XML is not supported yet; the server takes JSON' : 'The server takes bodies in JSON',
        { hint: 'Content-Type: application/fhir+json' },
      ),
    );
  });
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw refuse('malformed-request', 'The body is not UTF-8');
  }
}

/** `charset` and `fhirVersion` of the Content-Type. */
function requireKnownParameters(request: FastifyRequest): void {
  const header = request.headers['content-type'] ?? '';
  for (const parameter of header.split(';').slice(1)) {
    const [name = '', value = ''] = parameter.split('=').map((part) => part.trim().replaceAll('"', ''));
    if (/^charset$/i.test(name) && !/^utf-?8$/i.test(value)) {
      throw refuse('unsupported-media-type', 'The server takes bodies in UTF-8 only');
    }
    if (/^fhirVersion$/i.test(name) && !fhirVersions.has(value)) {
      throw refuse('unsupported-media-type', 'The server takes resources of FHIR 4.0 only');
    }
  }
}
