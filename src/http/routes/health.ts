/**
 * For those who run the server: `/health` says that it lives and how store and cache are, `/ready` whether it should
 * be sent requests.
 */
import type { FastifyInstance } from 'fastify';
import type { Services } from '../../interactions/interaction.ts';

export interface HealthOptions {
  readonly services: Services;
  readonly version: string;
  readonly isClosing: () => boolean;
}

export function registerHealthRoutes(app: FastifyInstance, options: HealthOptions): void {
  const { store, cache, customParameters } = options.services;
  const config = { open: true, pressureHandler: () => {} };

  const storeReachable = (): Promise<boolean> =>
    store.ping().then(
      () => true,
      () => false,
    );

  app.get('/health', { config }, async (_request, reply) => {
    const reachable = await storeReachable();
    const cacheHealth = cache.health();
    const indexing = customParameters.progress();
    return reply.send({
      status: reachable && cacheHealth.reachable ? 'ok' : 'degraded',
      version: options.version,
      store: { reachable },
      cache: cacheHealth,
      // SearchParameters of clients that cannot be searched by yet.
      ...(indexing.length > 0 ? { indexing } : {}),
    });
  });

  app.get('/ready', { config }, async (_request, reply) => {
    const ready = !options.isClosing() && (await storeReachable());
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not-ready' });
  });
}
