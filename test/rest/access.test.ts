/** `AUTH=token` on a whole server. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const token = 'the-token-of-this-test';

t.test('a request without the token gets 401 and an OperationOutcome, one with it an answer', async (t) => {
  const server = await startServer({ token });
  t.teardown(() => server.close());
  const body = { resourceType: 'Patient' };
  for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: `Basic ${token}` }]) {
    const answer = await server.send('POST', '/Patient', { headers, body });
    t.equal(answer.status, 401);
    t.equal(answer.headers.get('www-authenticate'), 'Bearer');
    t.same(keysOf(answer.body), ['login-required']);
  }
  const headers = { authorization: `Bearer ${token}` };
  t.equal((await server.send('GET', '/Patient?_summary=count', { headers })).body.total, 0);
  t.equal((await server.send('POST', '/Patient', { headers, body })).status, 201);
  t.equal((await server.send('GET', '/metadata')).status, 200);
  const { origin } = new URL(server.url);
  t.equal((await server.send('GET', `${origin}/health`)).body.status, 'ok');
  t.equal((await server.send('GET', `${origin}/ready`)).status, 200);
});
