/**
 * One line for each request: method, route pattern, status, duration, request id. Never a URL: its path holds ids and
 * its query may hold names. The framework's own log is off for the same reason.
 */
import type { FastifyInstance } from 'fastify';
import type { Log } from '../../core/log.ts';

export function registerRequestLog(app: FastifyInstance, log: Log): void {
  if (!log.isLevelEnabled('info')) return;
  app.addHook('onResponse', (request, reply, done) => {
    log.info(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'unrouted',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
    done();
  });
}
