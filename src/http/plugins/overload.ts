/**
 * When the event loop lags for seconds on end, new requests are turned away until it has caught up, instead of
 * making everybody wait longer. https://hl7.org/fhir/R4/http.html#Status-Codes
 */
import type { FastifyUnderPressureOptions } from '@fastify/under-pressure';
import { FhirError, refuse } from '../../core/fhir-error.ts';

/** Mean delay of the event loop over a second, milliseconds. */
const maximumDelay = 5000;
const retryAfterSeconds = '10';

export const overloadOptions: FastifyUnderPressureOptions = {
  maxEventLoopDelay: maximumDelay,
  pressureHandler: (_request, _reply, _type, delay) => {
    // Without a sample in its second, as after a single long computation, the delay is unknown, not large.
    if (!Number.isFinite(delay)) return undefined;
    const { status, issues } = refuse('not-ready', 'The server has more to do than it can do now');
    return Promise.reject(new FhirError(status, issues, { 'Retry-After': retryAfterSeconds }));
  },
};
