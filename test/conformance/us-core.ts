/**
 * The suite `us-core`: transaction bundles are loaded into a server, recorded searches are sent to it, and each answer,
 * all pages of it, must hold exactly what a naive filter over all loaded resources finds.
 *
 * Cases are a folder with `searches*.json` (a list of `{ path, status }`) and the bundles to load, any other file
 * with entries; or one file of searches, with the bundles beside it.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { OperationOutcome, SearchParameter } from '@medplum/fhirtypes';
import type { Resource } from '../../src/fhir/resource.ts';
import { expectedOf, type World } from '../search/oracle-query.ts';
import { systemOfPath } from '../search/surroundings.ts';
import { definitions, type RunningServer, startServer } from '../support/server.ts';

interface RecordedSearch {
  readonly path: string;
  readonly status: number;
}

export interface UsCoreResult {
  readonly totals: {
    readonly suite: 'us-core';
    readonly cases: number;
    readonly passed: number;
    /** Of those that passed, how many found anything. */
    readonly nonEmpty: number;
  };
  readonly failures: readonly string[];
}

export async function usCoreSuite(cases: string): Promise<UsCoreResult> {
  const isFile = statSync(cases).isFile();
  const folder = isFile ? dirname(cases) : cases;
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const recorded = isFile ? [basename(cases)] : files.filter((file) => file.startsWith('searches'));
  const searches = recorded.flatMap((file) => readJson(join(folder, file)) as RecordedSearch[]);
  const bundles = files
    .filter((file) => !file.startsWith('searches') && !recorded.includes(file))
    .map((file) => readJson(join(folder, file)))
    .filter((content) => Array.isArray((content as { entry?: unknown }).entry));
  const server = await startServer({ environment: { VALIDATION: 'base' } });
  try {
    const world = worldOf(server, await loaded(server, bundles));
    const failures: string[] = [];
    let nonEmpty = 0;
    for (const search of searches) {
      const { fault, found } = await replay(server, search, world);
      if (fault !== undefined) failures.push(`${search.path}\n    ${fault}`);
      else if (found > 0) nonEmpty++;
    }
    const passed = searches.length - failures.length;
    return { totals: { suite: 'us-core', cases: searches.length, passed, nonEmpty }, failures };
  } finally {
    await server.close();
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Loads bundles; answers with every resource as the server now has it. */
async function loaded(server: RunningServer, bundles: readonly unknown[]): Promise<Resource[]> {
  const keys = new Set<string>();
  for (const body of bundles) {
    let { status, body: answer } = await server.send('POST', '', { body });
    if (status === 422 && withoutUnknown(body, answer)) {
      ({ status, body: answer } = await server.send('POST', '', { body }));
    }
    if (status !== 200) throw new Error(`a bundle could not be loaded: ${status}`);
    for (const { response } of answer.entry) {
      keys.add(/(\w+\/[^/]+)\/_history\/\d+$/.exec(response.location)![1]!);
    }
  }
  const resources: Resource[] = [];
  for (const key of keys) resources.push((await server.send('GET', `/${key}`)).body);
  return resources;
}

/**
 * Published bundles have their faults (a Period with a `stop`): an element that R4 does not know is taken out, and
 * the reader told, since no server that validates may store it.
 */
function withoutUnknown(bundle: unknown, outcome: OperationOutcome): boolean {
  const unknown = (outcome.issue ?? []).filter(
    ({ details }) => details?.coding?.[0]?.code === 'unknown-element',
  );
  for (const { expression: [expression = ''] = [] } of unknown) {
    const names = expression.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
    const last = names.pop()!;
    // biome-ignore lint/suspicious/noExplicitAny: the bundle is walked as it comes
    let element: any = bundle;
    for (const name of names.slice(1)) element = element[memberOf(element, name)];
    delete element[last];
    process.stderr.write(`Loaded without an element that R4 does not have: ${expression}\n`);
  }
  return unknown.length > 0;
}

/** `effective` is the member `effectivePeriod`. */
function memberOf(element: object, name: string): string {
  return name in element ? name : Object.keys(element).find((key) => key.startsWith(name))!;
}

function worldOf(server: RunningServer, resources: readonly Resource[]): World {
  const registry = definitions();
  const known = new Map<string, readonly SearchParameter[]>();
  return {
    resources,
    bases: [server.url],
    now: Date.now(),
    systemOf: systemOfPath(registry),
    definitionAt: (url) => registry.searchParameter(url),
    compartment: (type) => registry.patientCompartmentParameters(type),
    definitions(type) {
      let list = known.get(type);
      if (!list) {
        list = registry.searchParameters(type).filter(({ expression }) => expression !== undefined);
        known.set(type, list);
      }
      return list;
    },
  };
}

/** What is wrong with the answer to a search; undefined when it is right. */
async function replay(
  server: RunningServer,
  { path, status }: RecordedSearch,
  world: World,
): Promise<{ fault?: string; found: number }> {
  const url = new URL(path, 'http://case');
  const [type = '', id] = url.pathname.split('/').filter(Boolean).reverse();
  const expected = expectedOf(type, [...url.searchParams], world, id);
  const got = { match: new Set<string>(), include: new Set<string>() };
  let next: string | undefined = path;
  while (next !== undefined) {
    const answer = await server.send('GET', next);
    if (answer.status !== status) return { fault: `status ${answer.status}, not ${status}`, found: 0 };
    for (const { resource, search } of answer.body.entry ?? []) {
      const key = `${resource.resourceType}/${resource.id}`;
      if (search.mode === 'match' && got.match.has(key)) return { fault: `${key} comes twice`, found: 0 };
      if (search.mode === 'match' || search.mode === 'include') got[search.mode as 'match'].add(key);
    }
    next = answer.body.link?.find(({ relation }: { relation: string }) => relation === 'next')?.url;
  }
  const fault =
    difference('matches', expected.matches, got.match) ??
    difference('included', expected.included, got.include);
  return { ...(fault === undefined ? {} : { fault }), found: got.match.size };
}

function difference(
  what: string,
  expected: ReadonlySet<string>,
  got: ReadonlySet<string>,
): string | undefined {
  const missing = [...expected].filter((key) => !got.has(key));
  const extra = [...got].filter((key) => !expected.has(key));
  if (missing.length + extra.length === 0) return undefined;
  return `${what}: missing ${missing.join(' ') || 'none'}; extra ${extra.join(' ') || 'none'}`;
}
