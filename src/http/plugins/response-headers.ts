/**
 * Headers of every answer: who asked, and what a browser may do with it. The API serves data, never pages, so the
 * policy is a constant. https://hl7.org/fhir/R4/security.html#http
 */
import type { FastifyInstance } from 'fastify';

const constantHeaders: Readonly<Record<string, string>> = {
  // Answers hold health data: nothing between here and the client may keep them.
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

export function registerResponseHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(constantHeaders).header('x-request-id', request.id);
    done();
  });
}
