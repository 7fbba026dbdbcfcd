/**
 * What is stored comes back: for random resources every text the same and decimals to the digit, in JSON and in XML,
 * whichever of them it came in.
 */
import fc from 'fast-check';
import t from 'tap';
import { createLog } from '../../src/core/log.ts';
import { isSpelledObject, readSpelled, type Spelled } from '../../src/fhir/json-spelled.ts';
import { readXml } from '../../src/fhir/xml-reader.ts';
import { writeXml } from '../../src/fhir/xml-writer.ts';
import { createServer } from '../../src/http/server.ts';
import { randomJson } from '../fhir/random-json.ts';
import { definitions, startServer } from '../support/server.ts';

const running = await startServer();
t.teardown(() => running.close());
const { model, resourceTypes } = definitions();
// What random resources hold is not valid, only well-formed: the validator says yes to all.
const services = {
  ...running.services,
  validator: { validate: () => [] },
  validateMany: async (resources: readonly unknown[]) => resources.map(() => []),
};
const server = await createServer({ services, log: createLog('silent'), version: '0.0.0-test' });
t.teardown(() => server.close());

/** Without what the server writes itself, in an order that says nothing. */
function comparable(value: Spelled | undefined, top = false): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item));
    while (items.at(-1) === null) items.pop();
    return items;
  }
  if (!isSpelledObject(value)) return value;
  const members = [...value]
    .filter(([key]) => !(top && (key === 'id' || key === 'meta' || key === '_id' || key === 'implicitRules')))
    .map(([key, member]) => [key, comparable(member)] as const);
  return Object.fromEntries(
    members
      .filter(([, member]) => !(Array.isArray(member) && member.length === 0))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const content = (json: string): string => JSON.stringify(comparable(readSpelled(json), true));

/** Bundles are not stored as what they hold, and Binary may come back as its content. */
const types = resourceTypes.filter((type) => type !== 'Binary');

t.test('a resource stored in JSON or XML reads the same in both', async (t) => {
  const runs = 150;
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(randomJson(model, types), fc.boolean(), async (json, asXml) => {
      seen++;
      const type = String(/"resourceType":"([A-Za-z]+)"/.exec(json)?.[1]);
      const created = await server.inject({
        method: 'POST',
        url: `/fhir/${type}`,
        headers: { 'content-type': asXml ? 'application/fhir+xml' : 'application/fhir+json' },
        payload: asXml ? writeXml(model, json) : json,
      });
      if (created.statusCode !== 201)
        throw new Error(`${created.statusCode} ${created.payload.slice(0, 500)}`);
      const url = new URL(String(created.headers.location)).pathname;
      const inJson = await server.inject({ url, headers: { accept: 'application/fhir+json' } });
      const inXml = await server.inject({ url, headers: { accept: 'application/fhir+xml' } });
      const sent = content(json);
      return content(inJson.payload) === sent && content(readXml(model, inXml.payload).text) === sent;
    }),
    { numRuns: runs },
  );
  t.equal(seen, runs);
});

t.test('a patch that changes nothing changes no text', async (t) => {
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(randomJson(model, types), fc.boolean(), async (json, byPath) => {
      seen++;
      const type = String(/"resourceType":"([A-Za-z]+)"/.exec(json)?.[1]);
      const created = await server.inject({
        method: 'POST',
        url: `/fhir/${type}`,
        headers: { 'content-type': 'application/fhir+json' },
        payload: json,
      });
      const url = String(new URL(String(created.headers.location)).pathname).replace(/\/_history.*/, '');
      const patched = await server.inject({
        method: 'PATCH',
        url,
        headers: { 'content-type': byPath ? 'application/fhir+json' : 'application/json-patch+json' },
        payload: byPath ? '{"resourceType":"Parameters"}' : '[]',
      });
      if (patched.statusCode !== 200)
        throw new Error(`${patched.statusCode} ${patched.payload.slice(0, 500)}`);
      return content(patched.payload) === content(json);
    }),
    { numRuns: 60 },
  );
  t.equal(seen, 60);
});
