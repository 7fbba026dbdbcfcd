/** One row of the table of interactions as an operation of OpenAPI. https://spec.openapis.org/oas/v3.1.0#operation-object */
import type { CapabilityOptions } from './capability-statement.ts';
import type { FhirRoute } from './routes/fhir-route.ts';

export interface PathTemplate {
  /** `/{type}/{id}` */
  readonly path: string;
  /** The resource type, when the path names one. */
  readonly type: string | undefined;
}

interface OpenApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly style?: 'form';
  readonly explode?: boolean;
  readonly schema: object;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly OpenApiParameter[];
  readonly requestBody?: object;
  readonly responses: object;
}

const summaries: Readonly<Record<string, string>> = {
  'GET ': 'Search the whole system',
  'POST ': 'Carry out a batch or a transaction',
  'POST /_search': 'Search the whole system',
  'GET /_history': 'History of the whole system',
  'GET /_async/:id': 'Whether an answer is there yet, and the answer',
  'DELETE /_async/:id': 'Do without an answer',
  'GET /metadata': 'What this server does',
  'GET /:type': 'Search',
  'POST /:type/_search': 'Search',
  'GET /:type/_history': 'History of a type',
  'POST /:type': 'Create; with If-None-Exist, only when a search finds nothing',
  'PUT /:type': 'Update what a search finds, or create',
  'PATCH /:type': 'Patch what a search finds',
  'DELETE /:type': 'Delete what a search finds',
  'GET /:type/:id': 'Read',
  'GET /:type/:id/_history': 'History of a resource',
  'GET /:type/:id/_history/:version': 'Read a version',
  'GET /:type/:id/:member': 'Search in the compartment of a resource',
  'POST /:type/:id/:member/_search': 'Search in the compartment of a resource',
  'PUT /:type/:id': 'Update, or create under this id',
  'PATCH /:type/:id': 'Patch',
  'DELETE /:type/:id': 'Delete',
};

const text = { type: 'string' };
const anyType = { $ref: '#/components/schemas/ResourceType' };
const pathSchemas: Readonly<Record<string, object>> = {
  type: anyType,
  member: { anyOf: [anyType, { const: '*' }] },
  id: { type: 'string', pattern: '^[A-Za-z0-9\\-.]{1,64}$' },
  version: { type: 'string', pattern: '^[0-9]+$' },
};

/** Headers that an interaction heeds. */
const headers: Readonly<Record<FhirRoute['method'], readonly string[]>> = {
  GET: ['If-None-Match', 'If-Modified-Since', 'Prefer'],
  POST: ['If-None-Exist', 'Prefer'],
  PUT: ['If-Match', 'If-None-Match', 'Prefer'],
  PATCH: ['If-Match', 'Prefer'],
  DELETE: ['If-Match'],
};

export function openApiOperation(
  options: CapabilityOptions,
  route: FhirRoute,
  { path, type }: PathTemplate,
): OpenApiOperation {
  const { method, operation } = route;
  const names = path.match(/(?<=\{)\w+(?=\})/g) ?? [];
  return {
    operationId: [method.toLowerCase(), ...(path.match(/[\w$-]+/g) ?? ['system'])].join('-'),
    summary: operation ? `Operation $${operation.code}` : (summaries[`${method} ${route.path}`] ?? ''),
    tags: [type ?? (path.startsWith('/{type}') ? 'any type' : 'system')],
    parameters: [
      ...names.map((name) => ({ name, in: 'path' as const, required: true, schema: pathSchemas[name]! })),
      ...queryParameters(options, route, type),
      ...headers[method].map((name) => ({ name, in: 'header' as const, schema: text })),
    ],
    ...(route.body ? { requestBody: requestBody(route, route.body) } : {}),
    responses: {
      [method === 'DELETE' ? '204' : '200']: {
        description: 'Done',
        ...(method === 'DELETE' ? {} : { content: { 'application/fhir+json': { schema: answer(route) } } }),
      },
      ...(route.interactions?.includes('create') || route.interactions?.includes('update')
        ? { '201': { description: 'Created' } }
        : {}),
      default: { $ref: '#/components/responses/problem' },
    },
  };
}

/** A search has more parameters than OpenAPI can say: chains, modifiers, repeats. */
const anyParameter: OpenApiParameter = {
  name: 'parameters',
  in: 'query',
  description: 'Search parameters, with modifiers and chains: https://hl7.org/fhir/R4/search.html',
  style: 'form',
  explode: true,
  schema: { type: 'object', additionalProperties: text },
};

function queryParameters(
  { registry, parametersOf }: CapabilityOptions,
  { method, path, interactions, operation }: FhirRoute,
  type: string | undefined,
): OpenApiParameter[] {
  if (method === 'GET' && operation) {
    const declared = registry.operationDefinition(operation.definition)?.parameter ?? [];
    return declared
      .filter((parameter) => parameter.use === 'in' && isPrimitive(registry, parameter.type))
      .map(({ name, min = 0, max }) => ({
        name: name!,
        in: 'query',
        ...(min > 0 ? { required: true } : {}),
        schema: max === '1' ? text : { type: 'array', items: text },
      }));
  }
  const searches =
    (method === 'GET' && interactions?.some((code) => code.startsWith('search'))) ||
    path.endsWith('/:member');
  // By condition: https://hl7.org/fhir/R4/http.html#cond-update
  const conditional = path === '/:type' && method !== 'GET' && method !== 'POST';
  if (!searches && !conditional) return [];
  if (type === undefined || path !== '/:type') return [anyParameter];
  const known = [...parametersOf(type).values()];
  return [
    ...known.map(({ code }): OpenApiParameter => ({ name: code, in: 'query', schema: text })),
    anyParameter,
  ];
}

function isPrimitive(registry: CapabilityOptions['registry'], type: string | undefined): boolean {
  return type !== undefined && registry.model.type(type)?.kind === 'primitive';
}

function requestBody({ path, operation }: FhirRoute, body: NonNullable<FhirRoute['body']>) {
  const named =
    operation && operation.code !== 'validate' ? 'Parameters' : path === '' ? 'Bundle' : 'Resource';
  const schema = { $ref: `#/components/schemas/${named}` };
  const content =
    body.kind === 'form'
      ? { 'application/x-www-form-urlencoded': { schema: { type: 'object', additionalProperties: text } } }
      : { 'application/fhir+json': { schema }, 'application/fhir+xml': {} };
  const patch =
    body.or === 'json-patch' ? { 'application/json-patch+json': { schema: { type: 'array' } } } : {};
  return { required: body.required, content: { ...content, ...patch } };
}

/** What a search, a history and a batch answer is a Bundle. */
function answer({ interactions, path }: FhirRoute) {
  const isBundle =
    interactions?.some((code) => /^(search|history|batch)/.test(code)) || path.endsWith('/:member');
  return { $ref: `#/components/schemas/${isBundle ? 'Bundle' : 'Resource'}` };
}
