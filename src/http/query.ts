/**
 * Query text, of a URL or of a form, as pairs in the order they were given: FHIR gives meaning to repeats.
 * https://hl7.org/fhir/R4/search.html#escaping and https://url.spec.whatwg.org/#urlencoded-parsing
 */
import { refuse } from '../core/fhir-error.ts';
import type { SubmittedBody } from './plugins/body-parsers.ts';

export type QueryPairs = readonly (readonly [name: string, value: string])[];

/**
 * @param text what follows the `?`, without it
 * @throws FhirError 400 for percent-encoding that is no UTF-8
 */
export function parseQuery(text: string): [name: string, value: string][] {
  if (text === '') return [];
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals === -1
        ? [decode(part), '']
        : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))];
    });
}

/**
 * What a request asks: the query of its URL, then of its form.
 * @param url with its query, if any
 */
export function requestQuery(url: string, body: SubmittedBody | undefined): QueryPairs {
  const mark = url.indexOf('?');
  const query = mark === -1 ? [] : parseQuery(url.slice(mark + 1));
  return body?.kind === 'form' ? [...query, ...parseQuery(body.text)] : query;
}

const representationOnly: ReadonlySet<string> = new Set(['_format', '_pretty']);

/** Without the parameters that concern the representation only. */
export function concerningContent(query: QueryPairs): QueryPairs {
  return query.some(([name]) => representationOnly.has(name))
    ? query.filter(([name]) => !representationOnly.has(name))
    : query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw refuse('malformed-request', 'The query is not well-formed: its percent-encoding is no UTF-8');
  }
}

/** The last value given for a parameter. */
export function lastValue(pairs: QueryPairs, name: string): string | undefined {
  return pairs.findLast(([given]) => given === name)?.[1];
}
