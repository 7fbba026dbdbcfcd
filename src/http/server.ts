/**
 * The HTTP server over the interactions: Fastify, its plugins and the table of routes, registered explicitly and in
 * the order in which they act. https://hl7.org/fhir/R4/http.html
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import compress from '@fastify/compress';
import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Log } from '../core/log.ts';
import type { Services } from '../interactions/interaction.ts';
import { operations } from '../operations/operations.ts';
import { createAsyncJobs } from './async-jobs.ts';
import { createDispatch } from './dispatch.ts';
import { createErrorHandler, createJobRefusals } from './failures.ts';
import { registerAccessToken } from './plugins/access-token.ts';
import { registerBodyParsers } from './plugins/body-parsers.ts';
import { answerBrokenRequest } from './plugins/broken-request.ts';
import { crossOriginOptions } from './plugins/cross-origin.ts';
import { registerOrderlyClose } from './plugins/orderly-close.ts';
import { overloadOptions } from './plugins/overload.ts';
import { registerRequestLog } from './plugins/request-log.ts';
import { registerResponseHeaders } from './plugins/response-headers.ts';
import { asyncRoutes, deferrable } from './routes/async.ts';
import type { FhirRoute } from './routes/fhir-route.ts';
import { registerHealthRoutes } from './routes/health.ts';
import { instanceRoutes } from './routes/instance.ts';
import { createMetadataRoute } from './routes/metadata.ts';
import { registerOpenApiRoute } from './routes/openapi.ts';
import { operationRoutes } from './routes/operations.ts';
import { registerFhirRoutes } from './routes/register-fhir-routes.ts';
import { systemRoutes } from './routes/system.ts';
import { typeRoutes } from './routes/type.ts';
import { createUnrouted } from './unrouted.ts';

export interface ServerOptions {
  readonly services: Services;
  readonly log: Log;
  /** Version of this software. */
  readonly version: string;
  /** Absolute URL of the FHIR base without a slash at the end; absent: the host each client used. */
  readonly publicBaseUrl?: string | undefined;
  /** The bearer token every client must send; absent: no authentication. */
  readonly token?: string | undefined;
  /** Largest body, bytes. */
  readonly bodyLimit?: number | undefined;
  /** Requests a minute from one address; absent: any number. */
  readonly rateLimit?: number | undefined;
  /** Whether searches say how they were answered, to those who ask. */
  readonly searchExplain?: boolean | undefined;
  /** Whether X-Forwarded-* headers are believed. */
  readonly trustProxy?: boolean | undefined;
}

const defaultBodyLimit = 32 * 1024 * 1024;
/** Answers smaller than this are not worth compressing. */
const compressionThreshold = 2048;
/** From the first byte of a request to its last, milliseconds. */
const requestTimeout = 300_000;
const maxHeaderSize = 64 * 1024;

/** The server, ready to listen. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { services, log, token } = options;
  const onError = createErrorHandler(log, services.registry.model);
  const app = Fastify({
    http: { maxHeaderSize },
    bodyLimit: options.bodyLimit ?? defaultBodyLimit,
    requestTimeout,
    trustProxy: options.trustProxy ?? false,
    // What runs is finished, and what comes in on an open connection meanwhile is still answered.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: requestId,
    // The router keeps reserved characters encoded, but `%24validate` is `$validate`.
    rewriteUrl: ({ url = '/' }) => url.replaceAll('%24', '$'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2000, querystringParser: () => ({}) },
    frameworkErrors: onError,
    clientErrorHandler: answerBrokenRequest,
  });

  const isClosing = registerOrderlyClose(app);
  registerResponseHeaders(app);
  registerRequestLog(app, log);
  await app.register(cors, crossOriginOptions(token !== undefined));
  await app.register(underPressure, overloadOptions);
  if (options.rateLimit !== undefined) {
    await app.register(rateLimit, { max: options.rateLimit, timeWindow: '1 minute' });
  }
  if (token !== undefined) registerAccessToken(app, token);
  await app.register(compress, { threshold: compressionThreshold, encodings: ['br', 'gzip'] });
  registerBodyParsers(app, services.registry.model);

  const jobs = createAsyncJobs({ clock: services.clock, refusalOf: createJobRefusals(log) });
  app.addHook('onClose', () => jobs.settled());
  const dispatch = createDispatch(services.registry, () => routes);
  const interactions = [
    ...systemRoutes(dispatch),
    ...typeRoutes,
    ...instanceRoutes,
    ...operationRoutes(operations),
  ].map((route) => deferrable(jobs, route));
  const capability = {
    registry: services.registry,
    parametersOf: services.parametersOf,
    revision: services.customParameters.revision,
    conditionalDelete: services.conditionalDelete,
    version: options.version,
    date: new Date(services.clock.now()).toISOString(),
    authentication: token === undefined ? undefined : 'A bearer token in the Authorization header.',
  };
  const routes: readonly FhirRoute[] = [
    ...interactions,
    ...asyncRoutes(jobs),
    createMetadataRoute(capability, interactions),
  ];
  const unrouted = createUnrouted(routes, (name) => services.registry.isResourceType(name));
  const baseUrl = { publicBaseUrl: options.publicBaseUrl, loopbackOnly: token === undefined };
  registerHealthRoutes(app, { services, version: options.version, isClosing });
  registerFhirRoutes(app, routes, {
    services,
    unrouted,
    explain: options.searchExplain ?? false,
    baseUrl,
  });
  registerOpenApiRoute(app, capability, routes, baseUrl);
  app.setErrorHandler(onError);
  app.setNotFoundHandler((request) => {
    throw unrouted(request.method, request.url);
  });
  return app;
}

/** The id the client gave its request, when it is fit for a log, else a new one. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}
