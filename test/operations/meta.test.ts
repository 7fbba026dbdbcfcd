/** $meta, $meta-add, $meta-delete and $versions over HTTP. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());

const system = 'http://example.org/labels';
const vitalSigns = 'http://hl7.org/fhir/StructureDefinition/vitalsigns';

interface Labels {
  readonly tag?: readonly unknown[];
  readonly security?: readonly unknown[];
  readonly profile?: readonly string[];
}

async function stored(id: string, meta?: Labels): Promise<void> {
  const body = { resourceType: 'Basic', id, ...(meta ? { meta } : {}), code: { text: 'note' } };
  const { status } = await server.send('PUT', `/Basic/${id}`, { body });
  if (status > 201) throw new Error(`not stored: ${status}`);
}

function change(path: string, meta: Labels) {
  return server.send('POST', path, {
    body: { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: meta }] },
  });
}

/** The Meta that an answer returns. */
function returned(body: { parameter: { name: string; valueMeta: Labels & { versionId?: string } }[] }) {
  t.same(
    body.parameter.map(({ name }) => name),
    ['return'],
  );
  return body.parameter[0]!.valueMeta;
}

t.test('the meta of a resource is the one it has', async (t) => {
  await stored('plain', { tag: [{ system, code: 'one' }] });
  const { body } = await server.send('GET', '/Basic/plain/$meta');
  t.same(returned(body), (await server.send('GET', '/Basic/plain')).body.meta);
  t.equal((await server.send('GET', '/Basic/nobody/$meta')).status, 404);
});

t.test('labels are added once, whatever their version and display', async (t) => {
  await stored('adding', { tag: [{ system, code: 'one', display: 'One' }] });
  const labels = {
    tag: [
      { system, code: 'one', version: '2' },
      { system, code: 'two' },
      { system, code: 'two' },
    ],
    security: [{ system, code: 'secret' }],
  };
  const answer = await change('/Basic/adding/$meta-add', labels);
  t.equal(answer.status, 200);
  t.match(returned(answer.body), {
    versionId: '2',
    tag: [
      { system, code: 'one', display: 'One' },
      { system, code: 'two' },
    ],
    security: [{ system, code: 'secret' }],
  });
  t.same((await server.send('GET', '/Basic/adding')).body.meta, returned(answer.body));
  t.equal(
    returned((await change('/Basic/adding/$meta-add', labels)).body).versionId,
    '2',
    'nothing to change',
  );
  const found = await server.send('GET', `/Basic?_tag=${system}|two&_security=${system}|secret`);
  t.equal(found.body.entry.length, 1, 'they are searched by');
});

t.test('labels are taken off; others stay', async (t) => {
  const tag = ['one', 'two', 'three'].map((code) => ({ system, code }));
  await stored('taking', { tag, security: [{ system, code: 'secret' }] });
  const answer = await change('/Basic/taking/$meta-delete', {
    tag: [
      { system, code: 'one', display: 'Whatever' },
      { system, code: 'three' },
      { system, code: 'absent' },
    ],
    security: [{ system, code: 'secret' }],
  });
  const meta = returned(answer.body);
  t.same(meta.tag, [{ system, code: 'two' }]);
  t.notOk('security' in meta, 'there are no empty lists');
  const again = await change('/Basic/taking/$meta-delete', { tag: [{ system, code: 'absent' }] });
  t.same([again.status, returned(again.body).versionId], [200, '2']);
});

t.test('a profile is added to what conforms to it only', async (t) => {
  await stored('no-vital-sign');
  const { status, body } = await change('/Basic/no-vital-sign/$meta-add', { profile: [vitalSigns] });
  t.equal(status, 422);
  t.ok(keysOf(body).length > 0);
  t.equal(
    (await server.send('GET', '/Basic/no-vital-sign/$meta')).body.parameter[0].valueMeta.versionId,
    '1',
  );
});

t.test('of a type and of the server, the labels in use', async (t) => {
  await server.send('PUT', '/Patient/labelled', {
    body: {
      resourceType: 'Patient',
      id: 'labelled',
      meta: {
        tag: [{ system, code: 'of-patients' }],
        profile: ['http://hl7.org/fhir/StructureDefinition/Patient'],
      },
    },
  });
  const codes = async (path: string) => {
    const meta = returned((await server.send('GET', path)).body);
    return ((meta.tag ?? []) as { code: string }[]).map(({ code }) => code).sort();
  };
  t.same(await codes('/Patient/$meta'), ['of-patients']);
  t.same(await codes('/Basic/$meta'), ['one', 'two']);
  t.same(await codes('/$meta'), ['of-patients', 'one', 'two']);
  const { profile } = returned((await server.send('GET', '/Patient/$meta')).body);
  t.same(profile, ['http://hl7.org/fhir/StructureDefinition/Patient']);
  await change('/Patient/labelled/$meta-add', { tag: [{ system, code: 'newer' }] });
  t.same(await codes('/Patient/$meta'), ['newer', 'of-patients'], 'as of now');
  const none = await server.send('GET', '/Goal/$meta');
  t.same(
    server.services.validator.validate(none.body).filter(({ severity }) => severity === 'error'),
    [],
  );
});

t.test('what changes a resource takes no GET, and needs what it changes by', async (t) => {
  await stored('still');
  const got = await server.send('GET', '/Basic/still/$meta-add');
  t.same([got.status, got.headers.get('allow')], [405, 'POST']);
  t.equal((await server.send('POST', '/Basic/still/$meta-add')).status, 400);
  t.equal((await change('/Basic/nobody/$meta-add', { tag: [{ system, code: 'one' }] })).status, 404);
  const wrong = await server.send('POST', '/Basic/still/$meta-add', {
    body: { resourceType: 'Parameters', parameter: [{ name: 'meta', valueString: 'one' }] },
  });
  t.same([wrong.status, keysOf(wrong.body)], [400, ['invalid-parameter']]);
  const malformed = await server.send('POST', '/Basic/still/$meta-add', {
    body: '{"resourceType":"Parameters",\n "parameter":[{"name":"meta",\n "valueMeta":{"labels":[]}}]}',
  });
  t.equal(malformed.status, 400);
  const lines = malformed.body.issue[0].extension.map((one: { valueInteger: number }) => one.valueInteger);
  t.equal(lines[0], 3, 'it says where');
});

t.test('the server says which versions of FHIR it speaks', async (t) => {
  for (const method of ['GET', 'POST']) {
    const { status, body } = await server.send(method, '/$versions');
    t.equal(status, 200);
    t.same(body, {
      resourceType: 'Parameters',
      parameter: [
        { name: 'version', valueCode: '4.0' },
        { name: 'default', valueCode: '4.0' },
      ],
    });
  }
});
