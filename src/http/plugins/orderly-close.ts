/**
 * The end of the server loses nothing: what runs is answered, and its connection is told to close, since one that is
 * kept open for a next request would keep the server waiting.
 */
import type { FastifyInstance } from 'fastify';

/** @returns whether the server is closing */
export function registerOrderlyClose(app: FastifyInstance): () => boolean {
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
  return () => closing;
}
