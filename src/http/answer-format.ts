/**
 * Which representation the client wants: `_format` when given, else Accept.
 * https://hl7.org/fhir/R4/http.html#mime-type and https://www.rfc-editor.org/rfc/rfc9110#name-accept
 */
import { refuse } from '../core/fhir-error.ts';
import { lastValue, type QueryPairs } from './query.ts';

export interface AnswerFormat {
  readonly syntax: 'json' | 'xml';
  readonly contentType: string;
  /** Another view than the resource, for `application/json; view=NAME`. */
  readonly view?: string;
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
};

/** What stands for several types: those it may be answered in, the best first. */
const wildcards: Readonly<Record<string, readonly string[]>> = {
  '*/*': [fhirJson, fhirXml],
  '*': [fhirJson, fhirXml],
  'application/*': [fhirJson, fhirXml],
  'text/*': ['text/xml; charset=utf-8'],
};

/** What the client may call this version of FHIR. https://hl7.org/fhir/R4/versioning.html#mt-version */
export const fhirVersions: ReadonlySet<string> = new Set(['4.0', '4.0.0', '4.0.1']);

/**
 * @param views that the answer has besides the resource
 * @throws FhirError 406 when the server has no representation the client takes
 */
export function answerFormat(
  query: QueryPairs,
  accept: string | undefined,
  views: readonly string[] = [],
): AnswerFormat {
  const asked = lastValue(query, '_format');
  const pretty = lastValue(query, '_pretty') === 'true';
  if (asked !== undefined) {
    const [type] = representations(asked, views);
    if (type === undefined) throw notAcceptable('_format', views);
    return { ...type, pretty };
  }
  return { ...acceptedType(accept, views), pretty };
}

type Representation = Omit<AnswerFormat, 'pretty'>;

function acceptedType(accept: string | undefined, views: readonly string[]): Representation {
  if (accept === undefined || accept === '' || accept === '*/*') return defaultFormat;
  const ranges = accept.split(',').map((text) => ({
    types: representations(text, views),
    quality: qualityOf(text),
    isWildcard: isWildcard(text),
  }));
  // What is named by itself has its own weight, whatever a wildcard says of it.
  const named = new Set(
    ranges.flatMap(({ isWildcard, types }) =>
      isWildcard ? [] : types.map(({ contentType }) => contentType),
    ),
  );
  let best: Representation | undefined;
  let bestQuality = 0;
  for (const { types, quality, isWildcard } of ranges) {
    const type = types.find(({ contentType }) => !isWildcard || !named.has(contentType));
    if (type !== undefined && quality > bestQuality) {
      best = type;
      bestQuality = quality;
    }
  }
  if (best === undefined) throw notAcceptable('Accept', views);
  return best;
}

const mediaTypeOf = (range: string): string => range.split(';')[0]!.trim().toLowerCase();
const isWildcard = (range: string): boolean => Object.hasOwn(wildcards, mediaTypeOf(range));

function representations(range: string, views: readonly string[]): Representation[] {
  const types = isWildcard(range) ? wildcards[mediaTypeOf(range)]! : [];
  return types.length > 0 ? types.map(representationIn) : [knownType(range, views) ?? []].flat();
}

function representationIn(contentType: string): Representation {
  return { syntax: contentType.includes('xml') ? 'xml' : 'json', contentType };
}

function knownType(range: string, views: readonly string[]): Representation | undefined {
  const [mediaType = '', ...texts] = range.split(';').map((part) => part.trim().toLowerCase());
  const parameters = new Map(
    texts.map((text) => {
      const [name = '', value = ''] = text.split('=').map((part) => part.trim());
      return [name, value.replaceAll('"', '')];
    }),
  );
  const version = parameters.get('fhirversion');
  const contentType = Object.hasOwn(contentTypes, mediaType) ? contentTypes[mediaType] : undefined;
  if (contentType === undefined || (version !== undefined && !fhirVersions.has(version))) return undefined;
  const view = parameters.get('view');
  if (view === undefined) return representationIn(contentType);
  // A view is no resource: it has the generic media type only.
  if (mediaType !== 'application/json' || !views.includes(view)) return undefined;
  return { syntax: 'json', contentType: `application/json; view=${view}; charset=utf-8`, view };
}

function qualityOf(range: string): number {
  const weight = /;\s*q=([0-9.]+)/i.exec(range)?.[1];
  return weight === undefined ? 1 : Number(weight) || 0;
}

function notAcceptable(where: string, views: readonly string[]) {
  const others = views.map((view) => `, and here in application/json; view=${view}`);
  return refuse('not-acceptable', `The server cannot answer in the format that ${where} asks for`, {
    hint: `It answers in application/fhir+json and application/fhir+xml, of FHIR 4.0${others.join('')}`,
  });
}
