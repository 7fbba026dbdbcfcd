/**
 * `AUTH=token`: one bearer token for everything but the routes that are open.
 * https://www.rfc-editor.org/rfc/rfc6750
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { refuse } from '../../core/fhir-error.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without authentication. */
    open?: boolean;
  }
}

/** @param token the secret; what is compared are digests, so that neither content nor length shows in the time */
export function registerAccessToken(app: FastifyInstance, token: string): void {
  const expected = digest(token);
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.open === true) return done();
    const given = /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return done();
    done(refuse('login-required', 'The request needs a valid bearer token'));
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
