/**
 * The only place that wires engines: which store, which cache, and what each layer is given of the others.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cache } from './cache/cache.ts';
import { createGenerations } from './cache/generations.ts';
import { createMemoryCache } from './cache/memory.ts';
import { createRedisCache } from './cache/redis.ts';
import type { Config } from './config.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { type IdSource, timeOrderedIds } from './core/ids.ts';
import { createLog, type Log } from './core/log.ts';
import { inSpareTime } from './core/pauses.ts';
import { type Guide, openGuide } from './fhir/guide-file.ts';
import { openRegistry } from './fhir/open-registry.ts';
import type { Registry } from './fhir/registry.ts';
import type { Resource } from './fhir/resource.ts';
import { uriTest } from './fhir/uri-keys.ts';
import { createExpressionCompiler } from './fhirpath/create-expression-compiler.ts';
import { basePath } from './http/request-context.ts';
import { createServer } from './http/server.ts';
import { courseJudge } from './interactions/course-judge.ts';
import { createCustomParameters } from './interactions/custom-parameters.ts';
import { expandingStore } from './interactions/expanding-store.ts';
import { bringIndexUpToDate } from './interactions/index-upkeep.ts';
import type { Services } from './interactions/interaction.ts';
import { protocolGuard } from './interactions/protocol-guard.ts';
import { withdrawalGuard } from './interactions/protocol-withdrawals.ts';
import { publishGuide } from './interactions/publish-guide.ts';
import { raiseAlerts } from './interactions/raise-alerts.ts';
import { createResourceSubset } from './interactions/resource-subset.ts';
import { scoreOnWrite } from './interactions/score-on-write.ts';
import { storedCodes } from './interactions/stored-definitions.ts';
import { createCompiler, createValidator } from './library.ts';
import { codeExpansions } from './search/code-expansion.ts';
import type { Indexer } from './search/indexer.ts';
import { parseReference } from './search/local-reference.ts';
import { createSearchEngine } from './search/search-engine.ts';
import { openSqliteStore } from './storage/sqlite/open-sqlite-store.ts';
import { watchedStore } from './storage/watched-store.ts';
import { ucumUtils } from './terminology/ucum.ts';
import { createValidationPool } from './validation-pool.ts';

/** Steps that a path from a client may take through a resource. */
const pathSteps = 100_000;

export interface App {
  readonly services: Services;
  readonly log: Log;
  /** Starts to listen; resolves with the base URL of the FHIR endpoint. */
  listen(): Promise<string>;
  /** Finishes what runs, then lets go of store and cache. */
  close(): Promise<void>;
}

/** What tests may hold still or share. */
export interface AppOverrides {
  readonly clock?: Clock;
  readonly ids?: IdSource;
  readonly registry?: Registry;
  readonly cache?: Cache;
  readonly guide?: Guide;
}

/** A server as configured, ready to listen. */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const log = createLog(config.logLevel);
  const registry = overrides.registry ?? openRegistry();
  const compile = createCompiler(registry);
  const localBases = config.publicBaseUrl === undefined ? [] : [config.publicBaseUrl];
  // Of clients: bounded, and wary of elements that no definition has.
  const compileCustom = createExpressionCompiler(registry.model, { steps: pathSteps, strict: true });
  const expansions = codeExpansions(registry);
  const expandCodes = expansions.shipped;
  const engine = createSearchEngine({ registry, compile, compileCustom, localBases, expandCodes });
  const { indexer, parseSearch, parametersOf } = engine;
  const opened = await openStore(config.dataDir, indexer);
  const customParameters = createCustomParameters({
    registry,
    store: opened,
    engine,
    compile: compileCustom,
    log,
  });
  const watched = watchedStore(opened, 'SearchParameter', customParameters.refresh);
  const definitions = { registry, expansions, parseSearch, localBases };
  const store = expandingStore(watched, (reader, valueSets) => storedCodes(definitions, reader, valueSets));
  const cache =
    overrides.cache ?? (config.redisUrl ? createRedisCache({ url: config.redisUrl }) : createMemoryCache());
  const validator = createValidator({ registry, compile });
  // Threads open the definitions that ship; those of a registry that was handed in stay on this one.
  const pool = createValidationPool(validator, overrides.registry ? { threads: 0 } : {});
  const judge = config.protocolMode === 'off' ? undefined : courseJudge(config.protocolMode);
  const withdrawals = judge && withdrawalGuard(judge);
  const unguarded: Services = {
    registry,
    validator,
    validateMany: pool.validateMany,
    validation: config.validation,
    conditionalDelete: config.conditionalDelete,
    // Rules see the scores, and the alerts that were raised.
    followUps: [
      ...(config.scoring ? [scoreOnWrite, raiseAlerts] : []),
      ...(judge ? [protocolGuard(judge)] : []),
      ...(withdrawals ? [withdrawals.followUp] : []),
    ],
    foresee: withdrawals?.foresee,
    indexer,
    parseSearch,
    parametersOf,
    customParameters,
    subsetResource: createResourceSubset(registry),
    patchEngine: {
      model: registry.model,
      compile: createExpressionCompiler(registry.model, { steps: pathSteps }),
    },
    store,
    cache,
    generations: createGenerations(),
    clock: overrides.clock ?? systemClock,
    ids: overrides.ids ?? timeOrderedIds(overrides.clock ?? systemClock),
    guide: new Set(),
    holdsUri: uriTest(registry),
    localReference: (reference) => parseReference(reference, localBases)?.target,
  };
  await bringIndexUpToDate(unguarded, log);
  await customParameters.refresh();
  const guide = await publishGuide(unguarded, overrides.guide ?? openGuide(), log);
  const services: Services = { ...unguarded, guide };
  const server = await createServer({
    services,
    log,
    version: packageVersion(),
    publicBaseUrl: config.publicBaseUrl,
    token: config.authToken,
    bodyLimit: config.bodyLimit,
    rateLimit: config.rateLimit,
    trustProxy: config.trustProxy,
    searchExplain: config.searchExplain,
  });
  const closing = new AbortController();
  return {
    services,
    log,
    async listen() {
      // The table of units is loaded in one go: nobody waits yet.
      ucumUtils();
      const address = await server.listen({ host: config.host, port: config.port });
      // References to this server by any name it answers to are local ones.
      const { port } = new URL(address);
      for (const host of ['127.0.0.1', 'localhost', '[::1]'])
        localBases.push(`http://${host}:${port}${basePath}`);
      const preparations = guidedTypes(registry).map((type) => () => validator.prepare([type]));
      void inSpareTime(preparations, closing);
      return config.publicBaseUrl ?? `${address}${basePath}`;
    },
    async close() {
      closing.abort();
      await server.close();
      await customParameters.close();
      await pool.close();
      await store.close();
      await cache.close();
    },
  };
}

/** The types that the guide has profiles of: what most requests will be about. */
function guidedTypes(registry: Registry): string[] {
  const types = registry.guideArtefacts('StructureDefinition').map(({ type }) => String(type));
  return [...new Set(types)].filter((type) => registry.isResourceType(type));
}

async function openStore(dataDir: string, indexer: Indexer) {
  mkdirSync(dataDir, { recursive: true });
  return openSqliteStore({
    path: join(dataDir, 'kat-fhir.sqlite'),
    sortValue: (parameter, body) => indexer.sortValue(parameter, JSON.parse(body) as Resource),
    references: (parameter, body) =>
      indexer.references(JSON.parse(body) as Resource, parameter.slice(parameter.indexOf('.') + 1)),
  });
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
