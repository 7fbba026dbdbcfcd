/**
 * The least a server can do: bare Fastify over SQLite, no FHIR. It answers a read with the stored bytes, and a create
 * after parsing the body and committing it as durably as ours, many waiting requests in one transaction.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import Fastify from 'fastify';

export interface BareServer {
  /** Base URL, without a slash at the end. */
  readonly url: string;
  put(type: string, id: string, body: string): void;
  close(): Promise<void>;
}

interface Waiting {
  readonly type: string;
  readonly id: string;
  readonly body: string;
  readonly resolve: () => void;
}

const contentType = 'application/fhir+json';

export async function startBareServer(folder: string): Promise<BareServer> {
  const database = new Database(join(folder, 'bare.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(
    'CREATE TABLE resource (type TEXT, id TEXT, body TEXT, PRIMARY KEY (type, id)) WITHOUT ROWID',
  );
  const select = database.prepare('SELECT body FROM resource WHERE type = ? AND id = ?').pluck();
  const insert = database.prepare('INSERT INTO resource VALUES (?, ?, ?)');

  let waiting: Waiting[] = [];
  const commit = database.transaction((group: readonly Waiting[]) => {
    for (const { type, id, body } of group) insert.run(type, id, body);
  });
  const write = (type: string, id: string, body: string): Promise<void> =>
    new Promise((resolve) => {
      waiting.push({ type, id, body, resolve });
      if (waiting.length > 1) return;
      setImmediate(() => {
        const group = waiting;
        waiting = [];
        commit(group);
        for (const { resolve } of group) resolve();
      });
    });

  const app = Fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(contentType, { parseAs: 'string' }, (_request, text, done) => {
    JSON.parse(text as string);
    done(null, text);
  });
  app.get<{ Params: { type: string; id: string } }>('/fhir/:type/:id', (request, reply) => {
    const { type, id } = request.params;
    reply.type(contentType).send(select.get(type, id));
  });
  app.post<{ Params: { type: string }; Body: string }>('/fhir/:type', async (request, reply) => {
    const id = randomUUID();
    await write(request.params.type, id, request.body);
    return reply
      .code(201)
      .type(contentType)
      .header('Location', `/fhir/${request.params.type}/${id}`)
      .send(request.body);
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: `${address}/fhir`,
    put: (type, id, body) => void insert.run(type, id, body),
    async close() {
      await app.close();
      database.close();
    },
  };
}
