/**
 * Bodies are taken as text: the interactions parse JSON themselves, because they keep the text. XML becomes JSON text
 * here, and nothing behind this door knows of it but for the positions of findings.
 * https://hl7.org/fhir/R4/http.html#mime-type
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuse } from '../../core/fhir-error.ts';
import type { Locator } from '../../fhir/json-locator.ts';
import type { Model } from '../../fhir/model.ts';
import { readXml } from '../../fhir/xml-reader.ts';
import { fhirVersions } from '../answer-format.ts';
import { binaryHolding, bringsContent } from '../binary-content.ts';

export interface SubmittedBody {
  readonly kind: 'resource' | 'form' | 'json-patch';
  /** JSON text of a resource; a form or a patch as it came. */
  readonly text: string;
  /** When the resource came as XML: finds its elements there. */
  readonly locator?: () => Locator;
}

type Reader = (text: string, model: Model) => SubmittedBody;

const json: Reader = (text) => ({ kind: 'resource', text });
const xml: Reader = (text, model) => ({ kind: 'resource', ...readXml(model, text) });
const form: Reader = (text) => ({ kind: 'form', text });
const jsonPatch: Reader = (text) => ({ kind: 'json-patch', text });

const readers: readonly (readonly [mediaType: string, read: Reader])[] = [
  ['application/fhir+json', json],
  ['application/json', json],
  ['application/json+fhir', json],
  ['text/json', json],
  ['application/fhir+xml', xml],
  ['application/xml', xml],
  ['application/xml+fhir', xml],
  ['text/xml', xml],
  ['application/x-www-form-urlencoded', form],
  ['application/json-patch+json', jsonPatch],
];

/** Stricter than `Buffer.toString`, which replaces what is no UTF-8; drops a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

export function registerBodyParsers(app: FastifyInstance, model: Model): void {
  const asRead = (request: FastifyRequest, body: Buffer, read: Reader): SubmittedBody => {
    requireKnownParameters(request);
    return read(decode(body), model);
  };
  app.removeAllContentTypeParsers();
  for (const [mediaType, read] of readers) {
    app.addContentTypeParser(mediaType, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
      try {
        done(null, bringsContent(request, body) ? content(request, body) : asRead(request, body, read));
      } catch (error) {
        done(error as Error);
      }
    });
  }
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (bringsContent(request, body)) return done(null, content(request, body));
    done(
      refuse('unsupported-media-type', 'The server takes bodies in JSON and XML', {
        hint: 'Content-Type: application/fhir+json, or application/fhir+xml',
      }),
    );
  });
}

/** What raw content is wrong in has no place in a text. */
function content(request: FastifyRequest, body: Buffer): SubmittedBody {
  return { kind: 'resource', text: binaryHolding(request, body), locator: () => () => ({ line: 1, col: 1 }) };
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
