/**
 * The API as an OpenAPI 3.1 document, made from the table of interactions: for tools that do not speak FHIR. The types
 * that the guide has profiles of have paths of their own, which name their search parameters; any other type is a
 * parameter of the path.
 * https://spec.openapis.org/oas/v3.1.0
 */
import type { CapabilityOptions } from './capability-statement.ts';
import { type OpenApiOperation, openApiOperation, type PathTemplate } from './openapi-operation.ts';
import type { FhirRoute } from './routes/fhir-route.ts';

type PathItem = Record<string, OpenApiOperation>;

/** @param routes rows of the table of interactions */
export function openApiDocument(options: CapabilityOptions, routes: readonly FhirRoute[], baseUrl: string) {
  const { registry, version, authentication } = options;
  const paths: Record<string, PathItem> = {};
  const add = (route: FhirRoute, template: PathTemplate): void => {
    const item = paths[template.path] ?? {};
    item[route.method.toLowerCase()] = openApiOperation(options, route, template);
    paths[template.path] = item;
  };
  for (const route of routes) {
    // Few types are compartments.
    const owners = route.path.includes('/:member') ? registry.compartments.keys() : [route.type];
    for (const type of owners) add(route, templateOf(route, type));
    if (route.path !== '/:type') continue;
    for (const type of guidedTypes(options)) add(route, templateOf(route, type));
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'kat-fhir',
      version,
      description: 'FHIR R4 server for ketamine-assisted therapy',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: baseUrl }],
    externalDocs: { url: 'https://hl7.org/fhir/R4/http.html' },
    ...(authentication === undefined ? {} : { security: [{ bearer: [] }] }),
    paths,
    components: {
      schemas: schemas(registry.resourceTypes),
      responses: {
        problem: {
          description: 'What was wrong, as an OperationOutcome',
          content: { 'application/fhir+json': { schema: { $ref: '#/components/schemas/OperationOutcome' } } },
        },
      },
      ...(authentication === undefined
        ? {}
        : { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }),
    },
  };
}

function templateOf({ path }: FhirRoute, type: string | undefined): PathTemplate {
  const template = type === undefined ? path : path.replace('/:type', `/${type}`);
  return { path: template.replace(/:(\w+)/g, '{$1}') || '/', type };
}

function guidedTypes({ registry }: CapabilityOptions): string[] {
  const types = registry.guideArtefacts('StructureDefinition').map(({ type }) => String(type));
  return [...new Set(types)].filter((type) => registry.isResourceType(type)).sort();
}

/** What makes a resource is for its StructureDefinition to say. */
function schemas(resourceTypes: readonly string[]) {
  const resource = (type: object) => ({
    type: 'object',
    required: ['resourceType'],
    properties: { resourceType: type, id: { type: 'string' }, meta: { type: 'object' } },
  });
  return {
    ResourceType: { type: 'string', enum: resourceTypes },
    Resource: resource({ $ref: '#/components/schemas/ResourceType' }),
    Bundle: resource({ const: 'Bundle' }),
    Parameters: resource({ const: 'Parameters' }),
    OperationOutcome: resource({ const: 'OperationOutcome' }),
  };
}
