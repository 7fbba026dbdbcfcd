/** What a code that does not exist means for storing: advice, unless a required binding asks for it. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const category = 'http://terminology.hl7.org/CodeSystem/observation-category';
const observation = (code: string) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'a' },
  category: [{ coding: [{ system: category, code }] }],
});

t.test(
  'a code that its system does not have is stored with a warning and is an error of $validate',
  async (t) => {
    const server = await startServer();
    t.teardown(() => server.close());
    const headers = { prefer: 'return=OperationOutcome' };
    const stored = await server.send('POST', '/Observation', { headers, body: observation('vital-sign') });
    t.equal(stored.status, 201);
    t.match(stored.body.issue[0], { severity: 'warning', details: { coding: [{ code: 'code-unknown' }] } });
    const judged = await server.send('POST', '/Observation/$validate', { body: observation('vital-sign') });
    t.match(judged.body.issue[0], { severity: 'error', details: { coding: [{ code: 'code-unknown' }] } });
    const right = await server.send('POST', '/Observation/$validate', { body: observation('vital-signs') });
    t.notOk(keysOf(right.body).includes('code-unknown'));
  },
);

t.test('where a binding is required the binding refuses it', async (t) => {
  const server = await startServer();
  t.teardown(() => server.close());
  const refused = await server.send('POST', '/Condition', {
    body: {
      resourceType: 'Condition',
      subject: { reference: 'Patient/1' },
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'lively' }],
      },
    },
  });
  t.equal(refused.status, 422);
  t.ok(keysOf(refused.body).includes('binding-required'));
});
