/**
 * What a request says about itself besides what it asks for: the base URL its client knows the server by, and its
 * preferences. https://hl7.org/fhir/R4/http.html#ops and https://www.rfc-editor.org/rfc/rfc7240
 */
import { refuse } from '../core/fhir-error.ts';
import type { RequestContext } from '../interactions/interaction.ts';

/** Where the FHIR endpoint is mounted. */
export const basePath = '/fhir';

export interface Preferences {
  readonly preferReturn: RequestContext['preferReturn'];
  readonly handling: RequestContext['handling'];
  /** Whether the client would rather come back for the answer. */
  readonly respondAsync: boolean;
}

const defaults: Preferences = { preferReturn: 'representation', handling: 'strict', respondAsync: false };

const returns = ['minimal', 'representation', 'OperationOutcome'] as const;
const handlings = ['strict', 'lenient'] as const;

/** @param header `return=minimal; handling=lenient`; what it does not know, it ignores, as RFC 7240 asks */
export function readPreferences(header: string | undefined): Preferences {
  if (header === undefined) return defaults;
  const given = new Map(
    header.split(/[;,]/).map((preference) => {
      const [name = '', value = ''] = preference.split('=').map((part) => part.trim());
      return [name.toLowerCase(), value.replaceAll('"', '').toLowerCase()];
    }),
  );
  return {
    preferReturn: returns.find((name) => name.toLowerCase() === given.get('return')) ?? defaults.preferReturn,
    handling: handlings.find((name) => name === given.get('handling')) ?? defaults.handling,
    respondAsync: given.has('respond-async'),
  };
}

const hostPattern = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
const loopbackHost = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?$/i;

export interface BaseUrlOptions {
  /** The base URL as configured: wins over what the client used. */
  readonly publicBaseUrl?: string | undefined;
  /**
   * Whether only loopback names (and the public one over TLS) are answered. Without authentication this keeps a web page that points its own
   * name at 127.0.0.1 (DNS rebinding) from reading the store.
   */
  readonly loopbackOnly: boolean;
}

/**
 * The absolute URL of the base, without a slash at the end, by the host the client used.
 * @throws FhirError 400 when the Host header is no host, or one that is not served
 */
export function baseUrlOf(options: BaseUrlOptions, protocol: string, host: string | undefined): string {
  const { publicBaseUrl, loopbackOnly } = options;
  if (host === undefined || !hostPattern.test(host)) {
    throw refuse('malformed-request', 'The Host header is missing or malformed');
  }
  if (loopbackOnly && !loopbackHost.test(host) && !publicBaseUrl?.startsWith(`https://${host}/`)) {
    throw refuse('malformed-request', 'Without authentication the server answers to loopback names only', {
      hint: 'Use http://127.0.0.1, or set AUTH',
    });
  }
  return publicBaseUrl ?? `${protocol}://${host}${basePath}`;
}
