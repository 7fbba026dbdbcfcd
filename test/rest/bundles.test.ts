/** Batches and transactions over the wire. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const patientUrn = 'urn:uuid:0f3c1f9e-7d57-4d9c-9b39-27a3f6c9c001';
const observationUrn = 'urn:uuid:0f3c1f9e-7d57-4d9c-9b39-27a3f6c9c002';

function observation(subject: string, status = 'final') {
  return {
    resourceType: 'Observation',
    status,
    code: { text: 'test' },
    subject: { reference: subject },
    text: {
      status: 'additional',
      div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${subject}">x</a></div>`,
    },
  };
}

function bundle(type: string, entry: unknown[]) {
  return { resourceType: 'Bundle', type, entry };
}

interface ResponseEntry {
  readonly response: { readonly status: string; readonly location: string };
}

for (const cache of ['on', 'off'] as const) {
  t.test(`with the cache ${cache}`, async (t) => {
    const server = await startServer({ cache });
    t.teardown(() => server.close());
    const { url, send } = server;

    const count = async (type: string): Promise<number> =>
      (await send('GET', `/${type}?_summary=count`)).body.total;

    t.test('a transaction stores all its entries and resolves what they say of each other', async (t) => {
      const { status, body, text } = await send('POST', '', {
        body: bundle('transaction', [
          {
            fullUrl: observationUrn,
            resource: observation(patientUrn),
            request: { method: 'POST', url: 'Observation' },
          },
          {
            fullUrl: patientUrn,
            resource: { resourceType: 'Patient' },
            request: { method: 'POST', url: 'Patient' },
          },
        ]),
      });
      t.equal(status, 200, text);
      t.equal(body.type, 'transaction-response');
      t.same(
        body.entry.map((entry: ResponseEntry) => entry.response.status.slice(0, 3)),
        ['201', '201'],
      );
      const [first, second] = body.entry.map((entry: ResponseEntry) => entry.response.location);
      const patient = second.replace(`${url}/`, '').replace(/\/_history.*/, '');
      const stored = (await send('GET', first)).body;
      t.equal(stored.subject.reference, patient);
      t.match(stored.text.div, `href="${patient}"`);
    });

    t.test('a transaction with one bad entry stores nothing and says which it was', async (t) => {
      const before = [await count('Patient'), await count('Observation')];
      const answer = await send('POST', '', {
        body: bundle('transaction', [
          { resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
          {
            resource: observation('Patient/x', 'nonsense'),
            request: { method: 'POST', url: 'Observation' },
          },
        ]),
      });
      t.equal(answer.status, 422, answer.text);
      t.match(answer.body.issue[0].expression[0], /^Bundle\.entry\[1\]\.resource/);
      t.same([await count('Patient'), await count('Observation')], before);
    });

    t.test('a transaction whose last entry meets a conflict stores nothing', async (t) => {
      await send('PUT', '/Patient/kept', { body: { resourceType: 'Patient', id: 'kept' } });
      const before = await count('Patient');
      const answer = await send('POST', '', {
        body: bundle('transaction', [
          { resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
          {
            resource: { resourceType: 'Patient', id: 'kept' },
            request: { method: 'PUT', url: 'Patient/kept', ifMatch: 'W/"9"' },
          },
        ]),
      });
      t.equal(answer.status, 412);
      t.same(keysOf(answer.body), ['version-conflict']);
      t.equal(await count('Patient'), before);
    });

    t.test('a transaction reads what it wrote, and deletes before it creates', async (t) => {
      await send('PUT', '/Patient/old', { body: { resourceType: 'Patient', id: 'old' } });
      const { status, body } = await send('POST', '', {
        body: bundle('transaction', [
          { request: { method: 'GET', url: 'Patient?_id=new' } },
          {
            resource: { resourceType: 'Patient', id: 'new' },
            request: { method: 'PUT', url: 'Patient/new' },
          },
          { request: { method: 'DELETE', url: 'Patient/old' } },
        ]),
      });
      t.equal(status, 200);
      t.equal(body.entry[0].resource.entry[0].resource.id, 'new');
      t.equal((await send('GET', '/Patient/old')).status, 410);
    });

    t.test('If-None-Exist within a transaction links to what is there', async (t) => {
      const identifier = [{ system: 'urn:test', value: 'known' }];
      const known = (await send('POST', '/Patient', { body: { resourceType: 'Patient', identifier } })).body
        .id;
      const { body } = await send('POST', '', {
        body: bundle('transaction', [
          {
            fullUrl: patientUrn,
            resource: { resourceType: 'Patient', identifier },
            request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=urn:test|known' },
          },
          { resource: observation(patientUrn), request: { method: 'POST', url: 'Observation' } },
        ]),
      });
      t.equal(body.entry[0].response.status.slice(0, 3), '200');
      const stored = await send('GET', body.entry[1].response.location);
      t.equal(stored.body.subject.reference, `Patient/${known}`);
    });

    t.test('a batch answers each entry by itself', async (t) => {
      const { status, body } = await send('POST', '', {
        body: bundle('batch', [
          { resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
          {
            resource: observation('Patient/x', 'nonsense'),
            request: { method: 'POST', url: 'Observation' },
          },
          { request: { method: 'GET', url: 'Patient/nobody' } },
          { request: { method: 'GET', url: 'Patient?_summary=count' } },
        ]),
      });
      t.equal(status, 200);
      t.equal(body.type, 'batch-response');
      t.same(
        body.entry.map((entry: ResponseEntry) => entry.response.status.slice(0, 3)),
        ['201', '422', '404', '200'],
      );
      t.equal(body.entry[1].response.outcome.resourceType, 'OperationOutcome');
    });

    t.test('what is no batch and no transaction is refused', async (t) => {
      for (const body of [
        { resourceType: 'Patient' },
        bundle('collection', []),
        { resourceType: 'Bundle', type: 'transaction', entry: {} },
        bundle('transaction', [{ resource: { resourceType: 'Patient' } }]),
        bundle('transaction', [{ request: { method: 'PUT', url: 'Patient/1' } }]),
      ]) {
        const answer = await send('POST', '', { body });
        t.equal(answer.status, 400, JSON.stringify(body));
        t.equal(answer.body.resourceType, 'OperationOutcome');
      }
      t.equal((await send('POST', '', { body: bundle('transaction', []) })).status, 200);
    });
  });
}
