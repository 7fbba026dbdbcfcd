import { connect } from 'node:net';
import t from 'tap';
import { overloadOptions } from '../../src/http/plugins/overload.ts';
import type { Store } from '../../src/storage/store.ts';
import { fakeServer, fakeServices, issueOf } from './fake-services.ts';

t.test('health tells of store and cache', async (t) => {
  const server = await fakeServer();
  const response = await server.inject('/health');
  t.equal(response.statusCode, 200);
  t.match(response.json(), {
    status: 'ok',
    store: { reachable: true },
    cache: { engine: 'none', reachable: true },
  });
});

t.test('a server whose cache is out of reach is degraded but ready', async (t) => {
  const { cache } = fakeServices();
  const server = await fakeServer({
    services: { cache: { ...cache, health: () => ({ engine: 'redis', reachable: false }) } },
  });
  t.match((await server.inject('/health')).json(), { status: 'degraded', cache: { reachable: false } });
  t.equal((await server.inject('/ready')).statusCode, 200);
});

t.test('a server whose store is out of reach lives but is not ready', async (t) => {
  const store: Store = { ...fakeServices().store, ping: () => Promise.reject(new Error('gone')) };
  const server = await fakeServer({ services: { store } });
  const health = await server.inject('/health');
  t.equal(health.statusCode, 200);
  t.match(health.json(), { status: 'degraded', store: { reachable: false } });
  t.equal((await server.inject('/ready')).statusCode, 503);
});

t.test('closing finishes what runs and answers nothing new', async (t) => {
  let finish = (): void => {};
  const gate = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { store } = fakeServices();
  const slow: Store = {
    ...store,
    read: async (type, id) => {
      await gate;
      return store.read(type, id);
    },
  };
  const server = await fakeServer({ services: { store: slow } });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const running = fetch(`${url}/fhir/Patient/1`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closed = server.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await t.rejects(fetch(`${url}/health`), 'no new connection');
  finish();
  t.equal((await running).status, 404, 'the request in progress is answered');
  await closed;
});

/** What the server answers to bytes that need not be HTTP. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

t.test('what is no HTTP is answered with an OperationOutcome', async (t) => {
  const server = await fakeServer();
  t.teardown(() => server.close());
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.server.address() as { port: number };
  for (const text of [
    'nonsense\r\n\r\n',
    'GET /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nBroken Header: 1\r\n\r\n',
    `GET /fhir/Patient?x=${'y'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  ]) {
    const answer = await exchange(port, text);
    t.match(answer, /^HTTP\/1\.1 400 /, text.slice(0, 30));
    t.equal(issueOf(JSON.parse(answer.split('\r\n\r\n')[1]!)).key, 'malformed-request');
  }
});

t.test('a long computation does not turn away the requests after it', async (t) => {
  const server = await fakeServer();
  t.teardown(() => server.close());
  const until = performance.now() + 1200;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal((await server.inject('/fhir/Patient')).statusCode, 200);
});

t.test('an event loop that lags for seconds turns requests away', async (t) => {
  const handle = overloadOptions.pressureHandler as unknown as (...given: unknown[]) => Promise<void>;
  const refusal = await handle(undefined, undefined, 'eventLoopDelay', 6000).catch((error) => error);
  t.match(refusal, { status: 503, headers: { 'Retry-After': '10' } });
});
