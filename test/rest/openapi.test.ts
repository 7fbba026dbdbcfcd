/** Every path of the OpenAPI document, asked for on a running server. */
import type { InjectOptions } from 'fastify';
import t from 'tap';
import { createLog } from '../../src/core/log.ts';
import { createServer } from '../../src/http/server.ts';
import type { Services } from '../../src/interactions/interaction.ts';
import { askedResource, definitionUrl, operationInput } from '../support/operation-inputs.ts';
import { startServer } from '../support/server.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: { readonly $ref?: string };
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

const running = await startServer();
t.teardown(() => running.close());
// What resources hold is not what is tested: the validator says yes to all.
const services: Services = {
  ...running.services,
  validator: { ...running.services.validator, validate: () => [] },
  validateMany: async (resources) => resources.map(() => []),
};
const server = await createServer({ services, log: createLog('silent'), version: '0.0.0-test' });
t.teardown(() => server.close());

const { body: document, status, headers } = await running.send('GET', '/openapi.json');
const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
  ([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })),
);

t.test('it is a document of OpenAPI 3.1 about this server', async (t) => {
  t.equal(status, 200);
  t.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  t.match(document.openapi, /^3\.1\./);
  t.same(document.servers, [{ url: running.url }]);
  t.ok(document.info.title && document.info.version);
});

t.test('each operation has a name of its own, a summary, its path parameters and answers', async (t) => {
  t.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  for (const { path, method, summary, parameters, responses, operationId } of operations) {
    t.match(operationId, /^[\w$-]+$/);
    t.not(summary, '', `${method} ${path}`);
    const inPath = parameters.filter((parameter) => parameter.in === 'path');
    t.same(inPath.map(({ name }) => `{${name}}`).sort(), (path.match(/\{\w+\}/g) ?? []).sort(), path);
    t.ok(inPath.every(({ required }) => required === true));
    const names = parameters.map((parameter) => `${parameter.in} ${parameter.name.toLowerCase()}`);
    t.equal(new Set(names).size, names.length, 'no parameter twice');
    t.ok(Object.keys(responses).length > 1);
  }
});

t.test('every reference within it leads somewhere', async (t) => {
  const references = new Set(JSON.stringify(document).match(/#\/components\/[\w/]+/g));
  t.ok(references.size > 3);
  for (const reference of references) {
    const place = reference.slice(2).split('/');
    t.ok(
      place.reduce((at, name) => at?.[name], document),
      reference,
    );
  }
});

t.test('it tells the search parameters of the types of the guide', async (t) => {
  const names = document.paths['/Observation'].get.parameters.map(({ name }: Parameter) => name);
  for (const name of ['code', 'patient', 'date', 'monitoring-point', '_lastUpdated'])
    t.ok(names.includes(name), name);
});

t.test('it has the operations, where they are asked for', async (t) => {
  for (const path of [
    '/$meta',
    '/$versions',
    '/{type}/{id}/$meta-add',
    '/{type}/$validate',
    '/Patient/$everything',
    '/CarePlan/{id}/$everything',
    '/Observation/$lastn',
  ]) {
    t.ok(document.paths[path]?.post, path);
  }
  t.notOk(document.paths['/{type}/{id}/$meta-add'].get, 'not by GET, since it changes something');
});

/** The bodies that are sent, by media type. */
const bodies: Readonly<Record<string, (path: string, type: string) => string>> = {
  'application/json-patch+json': () => '[{"op":"test","path":"/id","value":"asked"}]',
  'application/x-www-form-urlencoded': () => '_count=1',
  'application/fhir+json': (path, type) => {
    if (path === '/') return '{"resourceType":"Bundle","type":"batch"}';
    const operation = /\$([\w-]+)$/.exec(path)?.[1];
    if (operation !== undefined)
      return JSON.stringify(operationInput(operation, type, path.includes('{id}') ? 'instance' : 'type'));
    return JSON.stringify({ resourceType: type, id: 'asked' });
  },
};

/** What a GET takes in its query. */
function queryOf(path: string, type: string): string {
  if (path === '/Questionnaire/$populate') return `?canonical=${definitionUrl(type)}&subject=Patient/asked`;
  if (!path.includes('$apply')) return '';
  return `?subject=Patient/asked${path.includes('{id}') ? '' : `&url=${definitionUrl(type)}`}`;
}

/** A request for the operation with what it requires; types that it leaves open are Basic. */
function requestOf({ path, method, requestBody }: (typeof operations)[number]): InjectOptions {
  const type = /^\/([A-Z]\w+)/.exec(path)?.[1] ?? 'Basic';
  const values: Record<string, string> = { type, id: 'asked', version: '1', member: 'Observation' };
  const url = `/fhir${path.replace(/\{(\w+)\}/g, (_, name: string) => values[name]!)}`;
  const mediaType = Object.keys(requestBody?.content ?? {}).sort((one, other) =>
    // A patch goes before a resource, which would be taken for a FHIRPath Patch.
    one.includes('patch') ? -1 : other.includes('patch') ? 1 : 0,
  )[0];
  const isConditional = path.split('/').length === 2 && ['put', 'patch', 'delete'].includes(method);
  return {
    method: method.toUpperCase() as 'GET',
    url: isConditional ? `${url}?_id=asked` : method === 'get' ? url + queryOf(path, type) : url,
    ...(mediaType === undefined
      ? {}
      : { headers: { 'content-type': mediaType }, payload: bodies[mediaType]!(path, type) }),
  };
}

/** The id is one that the server gave. */
async function jobRequest(method: string): Promise<InjectOptions> {
  const { headers } = await server.inject({ url: '/fhir/Basic', headers: { prefer: 'respond-async' } });
  return { method: method.toUpperCase() as 'GET', url: String(headers['content-location']) };
}

t.test('each of them is answered', async (t) => {
  t.ok(operations.length > 40);
  const types = new Set(operations.map(({ path }) => /^\/([A-Z]\w+)/.exec(path)?.[1] ?? 'Basic'));
  const asked = JSON.stringify({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [...types].map((type) => ({
      resource: askedResource(type, 'asked'),
      request: { method: 'PUT', url: `${type}/asked` },
    })),
  });
  const failed: string[] = [];
  for (const operation of operations) {
    // What the one before deleted or changed is there again.
    const headers = { 'content-type': 'application/fhir+json' };
    const { statusCode: stored } = await server.inject({
      method: 'POST',
      url: '/fhir',
      headers,
      payload: asked,
    });
    if (stored !== 200) failed.push(`the resources that are asked for: ${stored}`);
    const request =
      operation.path === '/_async/{id}' ? await jobRequest(operation.method) : requestOf(operation);
    const { statusCode, payload } = await server.inject(request);
    await new Promise(setImmediate);
    if (statusCode >= 400)
      failed.push(`${request.method} ${request.url}: ${statusCode} ${payload.slice(0, 300)}`);
  }
  t.same(failed, []);
});
