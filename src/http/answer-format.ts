/**
 * Which representation the client wants: `_format` when given, else Accept.
 * https://hl7.org/fhir/R4/http.html#mime-type and https://www.rfc-editor.org/rfc/rfc9110#name-accept
 */
import { refuse } from '../core/fhir-error.ts';
import { lastValue, type QueryPairs } from './query.ts';

export interface AnswerFormat {
  readonly syntax: 'json' | 'xml';
  readonly contentType: string;
  /** `_pretty=true`. */
  readonly pretty: boolean;
}

export const fhirJson = 'application/fhir+json; charset=utf-8';
const genericJson = 'application/json; charset=utf-8';
const fhirXml = 'application/fhir+xml; charset=utf-8';

/** For a client that does not say what it wants. */
export const defaultFormat: AnswerFormat = { syntax: 'json', contentType: fhirJson, pretty: false };

/** Media types and `_format` words the server answers to. A `+` in a query arrives as a space. */
const contentTypes: Readonly<Record<string, string>> = {
  json: fhirJson,
  'application/fhir+json': fhirJson,
  'application/fhir json': fhirJson,
  'application/json+fhir': fhirJson,
  'application/json': genericJson,
  'text/json': genericJson,
  xml: fhirXml,
  'application/fhir+xml': fhirXml,
  'application/fhir xml': fhirXml,
  'application/xml+fhir': fhirXml,
  'application/xml': 'application/xml; charset=utf-8',
  'text/xml': 'text/xml; charset=utf-8',
  '*/*': fhirJson,
  '*': fhirJson,
  'application/*': fhirJson,
};

/** What the client may call this version of FHIR. https://hl7.org/fhir/R4/versioning.html#mt-version */
export const fhirVersions: ReadonlySet<string> = new Set(['4.0', '4.0.0', '4.0.1']);

/** @throws FhirError 406 when the server has no representation the client takes */
export function answerFormat(query: QueryPairs, accept: string | undefined): AnswerFormat {
  const asked = lastValue(query, '_format');
  const pretty = lastValue(query, '_pretty') === 'true';
  if (asked !== undefined) {
    const contentType = knownType(asked);
    if (contentType === undefined) throw notAcceptable('_format');
    return formatOf(contentType, pretty);
  }
  return formatOf(acceptedType(accept), pretty);
}

function formatOf(contentType: string, pretty: boolean): AnswerFormat {
  return { syntax: contentType.includes('xml') ? 'xml' : 'json', contentType, pretty };
}

function acceptedType(accept: string | undefined): string {
  if (accept === undefined || accept === '' || accept === '*/*') return fhirJson;
  let best: string | undefined;
  let bestQuality = 0;
  for (const range of accept.split(',')) {
    const quality = qualityOf(range);
    const contentType = knownType(range);
    if (contentType !== undefined && quality > bestQuality) {
      best = contentType;
      bestQuality = quality;
    }
  }
  if (best === undefined) throw notAcceptable('Accept');
  return best;
}

function knownType(range: string): string | undefined {
  const [mediaType = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const wrongVersion = parameters.some((parameter) => {
    const [name, value = ''] = parameter.split('=');
    return name === 'fhirversion' && !fhirVersions.has(value.replaceAll('"', ''));
  });
  return wrongVersion || !Object.hasOwn(contentTypes, mediaType) ? undefined : contentTypes[mediaType];
}

function qualityOf(range: string): number {
  const weight = /;\s*q=([0-9.]+)/i.exec(range)?.[1];
  return weight === undefined ? 1 : Number(weight) || 0;
}

function notAcceptable(where: string) {
  return refuse('not-acceptable', `The server cannot answer in the format that ${where} asks for`, {
    hint: 'It answers in application/fhir+json and application/fhir+xml, of FHIR 4.0',
  });
}
