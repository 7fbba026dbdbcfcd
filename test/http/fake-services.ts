/** Services in memory, just real enough to see what the HTTP layer makes of a request: two types, no validation. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { createGenerations } from '../../src/cache/generations.ts';
import { createLog, type Log } from '../../src/core/log.ts';
import type { Registry } from '../../src/fhir/registry.ts';
import { createServer, type ServerOptions } from '../../src/http/server.ts';
import type { Services } from '../../src/interactions/interaction.ts';
import type { TypeSelection } from '../../src/search/plan.ts';
import type { SearchParser } from '../../src/search/search-request.ts';
import { createTypeParameters } from '../../src/search/type-parameters.ts';
import type { HistoryQuery, Store, StoredVersion, StoreTransaction } from '../../src/storage/store.ts';

export const types = ['Observation', 'Patient'];

const registry = {
  resourceTypes: types,
  isResourceType: (name: string) => types.includes(name),
  searchParameters: () => [],
  compartments: new Map(),
  guideArtefacts: () => [],
} as unknown as Registry;

/** Finds every resource of the type; what was asked is told in `applied`. */
const parseSearch: SearchParser = (type, parameters) => ({
  type,
  where: { kind: 'all' },
  sort: [],
  count: 10,
  total: 'none',
  countOnly: false,
  includes: [],
  revincludes: [],
  scopes: [type],
  applied: parameters,
  issues: [],
});

function memoryStore(): Store {
  const versions: StoredVersion[] = [];
  const read = async (type: string, id: string) =>
    versions.findLast((version) => version.type === type && version.id === id);
  const current = (type: TypeSelection) =>
    versions.filter(
      (version) =>
        (typeof type === 'string'
          ? version.type === type
          : type.length === 0 || type.includes(version.type)) &&
        version.body !== undefined &&
        isNewest(versions, version),
    );
  const notes = new Map<string, string>();
  const reader = {
    read,
    note: async (name: string) => notes.get(name),
    search: async ({ type }: { type: TypeSelection }) => ({ rows: current(type), next: undefined }),
    steps: async () => [],
    readVersion: async (type: string, id: string, number: number) =>
      versions.find((version) => version.type === type && version.id === id && version.version === number),
    history: async ({ type, id }: HistoryQuery) => {
      const rows = versions.filter(
        (version) => [undefined, version.type].includes(type) && [undefined, version.id].includes(id),
      );
      return { rows: rows.reverse(), next: undefined, total: rows.length };
    },
    count: async (type: TypeSelection) => current(type).length,
  };
  const transaction: StoreTransaction = {
    ...reader,
    write: async ({ entries: _entries, ...version }) => void versions.push(version),
    reindex: async () => undefined,
    othersWrites: async () => 0,
    setNote: async (name, text) => void notes.set(name, text),
  };
  return {
    ...reader,
    transact: (work) => work(transaction),
    lastChange: async () => versions.length,
    secret: async () => new Uint8Array(32),
    ping: async () => {},
    close: async () => {},
  };
}

function isNewest(versions: readonly StoredVersion[], { type, id, version }: StoredVersion): boolean {
  return !versions.some((other) => other.type === type && other.id === id && other.version > version);
}

export function fakeServices(overrides: Partial<Services> = {}): Services {
  let id = 0;
  return {
    registry,
    validator: { validate: () => [] },
    validateMany: async (resources) => resources.map(() => []),
    validation: 'claimed',
    conditionalDelete: 'single',
    followUps: [],
    indexer: {
      index: () => ({ terms: [], dates: [], numbers: [], quantities: [], strings: [], patients: [] }),
      references: () => [],
      sortValue: () => null,
    },
    parseSearch,
    parametersOf: createTypeParameters(registry),
    customParameters: {
      check: () => [],
      progress: () => [],
      revision: () => 0,
      refresh: async () => {},
      close: async () => {},
    },
    subsetResource: (_type, text) => text,
    patchEngine: {
      model: registry.model,
      compile: () => {
        throw new Error('nothing here is patched by a path');
      },
    },
    store: memoryStore(),
    cache: {
      get: async () => undefined,
      set: async () => {},
      epoch: () => 'epoch',
      health: () => ({ engine: 'none', reachable: true }),
      close: async () => {},
    },
    generations: createGenerations(),
    clock: { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) },
    ids: { next: () => `id-${++id}` },
    guide: new Set(),
    localReference: (reference) => reference,
    holdsUri: (key) => key === 'reference',
    ...overrides,
  };
}

export interface FakeServerOptions extends Partial<Omit<ServerOptions, 'services' | 'log'>> {
  readonly services?: Partial<Services>;
  readonly log?: Log;
}

export function fakeServer({ services, log, ...options }: FakeServerOptions = {}): Promise<FastifyInstance> {
  return createServer({
    services: fakeServices(services),
    log: log ?? createLog('silent'),
    version: '0.0.0-test',
    ...options,
  });
}

export const fhirJson = { 'content-type': 'application/fhir+json' };

export const patient = '{"resourceType":"Patient","active":true}';

/** Stores a patient and answers with its id. */
export async function storePatient(
  server: FastifyInstance,
  headers: IncomingHttpHeaders = {},
): Promise<string> {
  const response = await server.inject({
    method: 'POST',
    url: '/fhir/Patient',
    headers: { ...fhirJson, ...headers },
    payload: patient,
  });
  return response.json().id;
}

/** Key and text of the first issue of an OperationOutcome. */
export function issueOf(body: { resourceType: string; issue: Issue[] }): { key: string; text: string } {
  const [issue] = body.issue;
  return { key: issue!.details.coding[0]!.code, text: issue!.details.text };
}

interface Issue {
  readonly details: { readonly text: string; readonly coding: readonly { readonly code: string }[] };
}
