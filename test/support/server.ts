/** A running server with a store of its own, and a client that shows what goes over the wire. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import type { Cache } from '../../src/cache/cache.ts';
import { readConfig } from '../../src/config.ts';
import { type Guide, openGuide } from '../../src/fhir/guide-file.ts';
import { openRegistry } from '../../src/fhir/open-registry.ts';
import type { Registry } from '../../src/fhir/registry.ts';
import type { Services } from '../../src/interactions/interaction.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined when there is none, or none in JSON. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes out as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface RunningServer {
  /** The FHIR base, without a slash at the end. */
  readonly url: string;
  readonly services: Services;
  /** @param path below the base, or an absolute URL */
  send(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface ServerSettings {
  /** Settings besides those of a test: a free port, a new folder, no log. */
  readonly environment?: Readonly<Record<string, string>>;
  /** `off`: nothing is ever found in the cache. */
  readonly cache?: 'on' | 'off';
  /** The bearer token, for `AUTH=token`. */
  readonly token?: string;
  /** Artefacts to serve; `shipped`: as a server does. Absent: none, to begin with an empty store and at once. */
  readonly guide?: Guide | 'shipped';
  /** Where the data lie, and stay; absent: in a new folder, which goes. */
  readonly folder?: string;
}

const noGuide: Guide = { digest: '', artefacts: [] };

let shared: Registry | undefined;

/** The definitions, loaded once in a test process. */
export function definitions(): Registry {
  shared ??= openRegistry();
  return shared;
}

export async function startServer(settings: ServerSettings = {}): Promise<RunningServer> {
  const folder = settings.folder ?? mkdtempSync(join(tmpdir(), 'kat-server-'));
  const { token, guide = noGuide } = settings;
  const config = readConfig(
    {
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATA_DIR: folder,
      ...(token === undefined ? {} : { AUTH: 'token', AUTH_TOKEN_FILE: 'token' }),
      ...settings.environment,
    },
    () => token ?? '',
  );
  const app = await createApp(config, {
    registry: definitions(),
    guide: guide === 'shipped' ? openGuide() : guide,
    ...(settings.cache === 'off' ? { cache: emptyCache } : {}),
  });
  const url = await app.listen();
  return {
    url,
    services: app.services,
    send: (method, path, options = {}) => send(path.startsWith('http') ? path : url + path, method, options),
    async close() {
      await app.close();
      if (settings.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

const emptyCache: Cache = {
  get: async () => undefined,
  set: async () => {},
  epoch: () => 'off',
  health: () => ({ engine: 'off', reachable: true }),
  close: async () => {},
};

async function send(url: string, method: string, { headers, body }: RequestOptions): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === '' || !isJson ? undefined : JSON.parse(text),
  };
}

/** Keys of the issues of an OperationOutcome. */
export function keysOf(outcome: ReturnType<typeof JSON.parse>): string[] {
  return (outcome?.issue ?? []).map((issue: OutcomeIssue) => issue.details?.coding?.[0]?.code ?? '');
}

interface OutcomeIssue {
  readonly details?: { readonly coding?: readonly { readonly code?: string }[] };
}
