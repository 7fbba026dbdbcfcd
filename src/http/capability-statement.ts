/**
 * The CapabilityStatement, made from the table of interactions and the registry: nothing is claimed that has no route.
 * https://hl7.org/fhir/R4/capabilitystatement.html
 */
import type {
  CapabilityStatement,
  CapabilityStatementRest,
  CapabilityStatementRestResource,
} from '@medplum/fhirtypes';
import type { Registry } from '../fhir/registry.ts';
import type { Parameter } from '../search/parameter.ts';
import { specialParameters } from '../search/special-parameters.ts';
import type { ParametersOf } from '../search/type-parameters.ts';
import type { FhirRoute, InteractionCode } from './routes/fhir-route.ts';

export interface CapabilityOptions {
  readonly registry: Registry;
  /** The parameters that can be searched by. */
  readonly parametersOf: ParametersOf;
  /** Changes when they do. */
  readonly revision: () => number;
  /** How many resources a conditional delete may take. */
  readonly conditionalDelete: 'single' | 'multiple';
  /** Version of this software. */
  readonly version: string;
  /** When this server was started, as a FHIR dateTime. */
  readonly date: string;
  /** How a client proves who it is, in words; undefined when it need not. */
  readonly authentication: string | undefined;
}

/** The members that any statement of this server begins with. */
export function statementHead({ version, date }: CapabilityOptions, baseUrl: string) {
  return {
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'kat-fhir', version },
    implementation: {
      description: 'FHIR R4 server for ketamine-assisted therapy',
      url: baseUrl,
    },
  } as const;
}

/** @param routes rows of the table of interactions */
export function capabilityStatement(
  options: CapabilityOptions,
  routes: readonly FhirRoute[],
  baseUrl: string,
): CapabilityStatement {
  const { registry, parametersOf } = options;
  const parameters = new Map(
    registry.resourceTypes.map((type) => [type, [...parametersOf(type).values()] as const]),
  );
  const referrers = referrersByTarget(parameters);
  const isOfType = (route: FhirRoute) => route.type !== undefined || route.path.startsWith('/:type');
  const onSystem = routes.filter((route) => !isOfType(route));
  const onType = routes.filter(isOfType);
  const systemOperations = operationsOf(onSystem);
  const guides = options.registry
    .guideArtefacts('ImplementationGuide')
    .map(({ url, version }) => `${url}|${version}`);
  return {
    resourceType: 'CapabilityStatement',
    ...statementHead(options, baseUrl),
    fhirVersion: '4.0.1',
    ...(guides.length > 0 ? { implementationGuide: guides } : {}),
    format: ['application/fhir+json', 'application/fhir+xml', 'json', 'xml'],
    patchFormat: ['application/json-patch+json', 'application/fhir+json', 'application/fhir+xml'],
    rest: [
      {
        mode: 'server',
        security: security(options.authentication),
        resource: registry.resourceTypes.map((type) =>
          resourceOf(options, type, onType, parameters.get(type)!, referrers.get(type)!),
        ),
        compartment: [...registry.compartments.values()],
        searchParam: specialParameters.map(({ code, type, definition }) => ({
          name: code,
          ...(definition === undefined ? {} : { definition }),
          type,
        })),
        interaction: interactionsOf(onSystem) as CapabilityStatementRest['interaction'] & {},
        ...(systemOperations.length > 0 ? { operation: systemOperations } : {}),
      },
    ],
  };
}

function security(authentication: string | undefined): CapabilityStatementRest['security'] & {} {
  return {
    cors: true,
    description:
      authentication ?? 'No authentication: the server answers only to programs on the machine it runs on.',
  };
}

function resourceOf(
  options: CapabilityOptions,
  type: string,
  onType: readonly FhirRoute[],
  parameters: readonly Parameter[],
  referrers: readonly string[],
): CapabilityStatementRestResource {
  const { registry } = options;
  const routes = onType.filter((route) => route.type === undefined || route.type === type);
  const profiles = guideProfiles(registry, type);
  const includes = parameters.filter(isReference).map(({ code }) => `${type}:${code}`);
  const operations = operationsOf(routes);
  return {
    type: type as CapabilityStatementRestResource['type'] & {},
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    ...(profiles.length > 0 ? { supportedProfile: profiles } : {}),
    interaction: interactionsOf(routes) as CapabilityStatementRestResource['interaction'] & {},
    versioning: 'versioned',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: options.conditionalDelete,
    ...(includes.length > 0 ? { searchInclude: includes } : {}),
    ...(referrers.length > 0 ? { searchRevInclude: [...referrers] } : {}),
    searchParam: parameters.map(({ code, url, type: kind }) => ({ name: code, definition: url, type: kind })),
    ...(operations.length > 0 ? { operation: operations } : {}),
  };
}

function interactionsOf(routes: readonly FhirRoute[]): { code: InteractionCode }[] {
  return [...new Set(routes.flatMap((route) => route.interactions ?? []))].map((code) => ({ code }));
}

/** Each operation once, on whichever levels it is routed. */
function operationsOf(routes: readonly FhirRoute[]): { name: string; definition: string }[] {
  const found = new Map(
    routes.flatMap(({ operation }) => (operation ? [[operation.code, operation.definition] as const] : [])),
  );
  return [...found].map(([name, definition]) => ({ name, definition }));
}

function isReference(parameter: Parameter): boolean {
  return parameter.type === 'reference';
}

function guideProfiles(registry: Registry, type: string): string[] {
  return registry
    .guideArtefacts('StructureDefinition')
    .filter((artefact) => artefact.type === type && artefact.derivation === 'constraint')
    .map((artefact) => String(artefact.url));
}

/** For each type the reference parameters, `Observation:subject`, that may refer to it. */
function referrersByTarget(
  parameters: ReadonlyMap<string, readonly Parameter[]>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>([...parameters.keys()].map((type) => [type, []]));
  for (const [source, all] of parameters) {
    for (const { code, targets } of all.filter(isReference)) {
      // Without targets it may refer to anything.
      for (const target of targets.length > 0 ? targets : parameters.keys()) {
        found.get(target)?.push(`${source}:${code}`);
      }
    }
  }
  return found;
}
