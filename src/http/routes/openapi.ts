/** `GET [base]/openapi.json`: the API for tools that do not speak FHIR, made once and kept as bytes. */
import type { FastifyInstance } from 'fastify';
import type { CapabilityOptions } from '../capability-statement.ts';
import { openApiDocument } from '../openapi.ts';
import { type BaseUrlOptions, basePath, baseUrlOf } from '../request-context.ts';
import type { FhirRoute } from './fhir-route.ts';

/** @param routes rows of the table of interactions */
export function registerOpenApiRoute(
  app: FastifyInstance,
  options: CapabilityOptions,
  routes: readonly FhirRoute[],
  baseUrlOptions: BaseUrlOptions,
): void {
  let kept: { readonly key: string; readonly body: Buffer } | undefined;
  app.get(`${basePath}/openapi.json`, { config: { open: true } }, async (request, reply) => {
    const baseUrl = baseUrlOf(baseUrlOptions, request.protocol, request.host);
    const key = `${options.revision()} ${baseUrl}`;
    if (kept?.key !== key) {
      kept = { key, body: Buffer.from(JSON.stringify(openApiDocument(options, routes, baseUrl))) };
    }
    return reply.header('content-type', 'application/json; charset=utf-8').send(kept.body);
  });
}
