/**
 * SearchParameters of clients at work: each active one in the store is indexed in the background and searched by once
 * every resource of its types is indexed, never before. A note in the store says which ones are, so that they are
 * ready at the next start.
 * https://hl7.org/fhir/R4/searchparameter.html
 */
import type { SearchParameter } from '@medplum/fhirtypes';
import type { Issue } from '../core/issue.ts';
import type { Log } from '../core/log.ts';
import type { Registry } from '../fhir/registry.ts';
import type { Resource } from '../fhir/resource.ts';
import type { ExpressionCompiler } from '../fhirpath/expression.ts';
import { definitionDigest } from '../search/index-format.ts';
import type { Position } from '../search/plan.ts';
import type { SearchEngine } from '../search/search-engine.ts';
import { isInUse, searchParameterIssues } from '../search/search-parameter-issues.ts';
import { createTypeParameters } from '../search/type-parameters.ts';
import type { Page, Store } from '../storage/store.ts';
import { reindex } from './index-upkeep.ts';

export interface IndexingProgress {
  readonly url: string;
  readonly code: string;
  readonly percent: number;
}

export interface CustomParameters {
  /** What keeps a resource from being stored; none for anything but a SearchParameter that is to be in use. */
  check(resource: Resource): Issue[];
  /** Those that are not ready. */
  progress(): readonly IndexingProgress[];
  /** Changes with what can be searched by. */
  revision(): number;
  /** Takes up what the store holds now; the indexing itself goes on after it resolves. */
  refresh(): Promise<void>;
  /** Resolves when nothing is being indexed any more; what was not finished begins anew at the next start. */
  close(): Promise<void>;
}

export interface CustomParameterOptions {
  readonly registry: Registry;
  readonly store: Store;
  readonly engine: SearchEngine;
  /** Compiles strictly. */
  readonly compile: ExpressionCompiler;
  readonly log: Log;
}

const noteName = 'search-parameters';
const pageSize = 200;

export function createCustomParameters(options: CustomParameterOptions): CustomParameters {
  const { registry, store, engine, compile, log } = options;
  let known: readonly SearchParameter[] = [];
  let pending: readonly SearchParameter[] = [];
  let percent = 0;
  /** Counts up whenever what is being indexed no longer is what should be. */
  let turn = 0;
  let refreshing: Promise<void> = Promise.resolve();
  let indexing: Promise<void> = Promise.resolve();

  const parametersOf = createTypeParameters(registry);
  const check = (
    definition: SearchParameter,
    custom: readonly SearchParameter[],
    taken: readonly SearchParameter[],
  ): Issue[] => searchParameterIssues(definition, { registry, compile, parametersOf, custom, taken });

  async function takeUp(): Promise<void> {
    const definitions = usable(await activeDefinitions(options), registry, check);
    if (JSON.stringify(definitions) === JSON.stringify(known)) return;
    const complete = await completeDigests(store);
    const isReady = (one: SearchParameter): boolean => complete[one.url ?? ''] === definitionDigest(one);
    known = definitions;
    pending = definitions.filter((one) => !isReady(one));
    percent = 0;
    turn++;
    engine.use({ ready: definitions.filter(isReady), pending }, progressText);
    // What was deleted or changed is to be indexed anew if it comes back.
    await noteComplete(definitions.filter(isReady));
    if (pending.length > 0) indexing = indexing.then(() => indexPending(turn)).catch(failed);
  }

  async function indexPending(mine: number): Promise<void> {
    if (mine !== turn) return;
    const types = registry.resourceTypes.filter((type) =>
      pending.some(({ base }) => base?.some((name) => registry.model.isA(type, name))),
    );
    const total = Math.max(1, await store.count(types, { kind: 'all' }));
    const finished = await reindex({ store, indexer: engine.indexer }, types, (done) => {
      if (mine === turn) percent = Math.min(99, Math.floor((done / total) * 100));
      return mine === turn;
    });
    if (!finished || mine !== turn) return;
    await noteComplete(known);
    if (mine !== turn) return;
    pending = [];
    engine.use({ ready: known, pending }, progressText);
  }

  function noteComplete(definitions: readonly SearchParameter[]): Promise<void> {
    const digests = definitions.map((one) => [one.url, definitionDigest(one)]);
    const text = JSON.stringify(Object.fromEntries(digests));
    return store.transact((transaction) => transaction.setNote(noteName, text));
  }

  function failed(error: unknown): void {
    log.error(
      { err: error },
      'indexing by search parameters of clients failed; it begins anew at the next start',
    );
  }

  const progressText = ({ code }: SearchParameter): string => `'${code}' is being indexed: ${percent} %`;

  return {
    check(resource) {
      if (resource.resourceType !== 'SearchParameter') return [];
      const definition = resource as unknown as SearchParameter;
      return isInUse(definition, registry) ? check(definition, known, known) : [];
    },
    progress: () => pending.map(({ url = '', code = '' }) => ({ url, code, percent })),
    revision: engine.revision,
    refresh() {
      refreshing = refreshing.then(takeUp, takeUp);
      return refreshing;
    },
    async close() {
      await refreshing.catch(() => undefined);
      turn++;
      await indexing;
    },
  };
}

/** In the order in which they were first stored. */
async function activeDefinitions({ store, engine }: CustomParameterOptions): Promise<SearchParameter[]> {
  const type = 'SearchParameter';
  const { where } = engine.parseSearch(type, [['status', 'active']], 'strict');
  const query = { type, where, sort: [], limit: pageSize };
  const found: SearchParameter[] = [];
  let after: Position | undefined;
  do {
    const page: Page = await store.search(after ? { ...query, after } : query);
    found.push(...page.rows.map(({ body }) => JSON.parse(body!) as SearchParameter));
    after = page.next;
  } while (after);
  return found;
}

/** Those in use that nothing speaks against, neither by themselves nor beside those before them. */
function usable(
  active: readonly SearchParameter[],
  registry: Registry,
  check: (definition: SearchParameter, custom: typeof active, taken: typeof active) => Issue[],
): SearchParameter[] {
  const taken: SearchParameter[] = [];
  for (const definition of active) {
    const isNew = isInUse(definition, registry) && !taken.some(({ url }) => url === definition.url);
    if (isNew && check(definition, active, taken).length === 0) taken.push(definition);
  }
  return taken;
}

async function completeDigests(store: Store): Promise<Readonly<Record<string, string>>> {
  const note = await store.note(noteName);
  return note === undefined ? {} : JSON.parse(note);
}
