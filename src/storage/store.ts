/**
 * The store port: what the server asks of its database. One contract suite runs over every engine.
 * Versions are kept, a deletion is a version without a body. Everything acknowledged is durable.
 */
import type { IndexEntries } from '../search/index-entries.ts';
import type { PlanNode, Position, StoreQuery, TypeSelection } from '../search/plan.ts';

/** How a version came about: `Bundle.entry.request.method` of its history entry. */
export type WriteMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface StoredVersion {
  readonly type: string;
  readonly id: string;
  /** 1, 2, 3 … within the resource. */
  readonly version: number;
  /** Milliseconds since the epoch; equals `meta.lastUpdated` of the body. */
  readonly updated: number;
  readonly method: WriteMethod;
  /** The resource as JSON text; undefined for a deletion. */
  readonly body: string | undefined;
}

export interface Write extends StoredVersion {
  /** What the index shall hold from now on; undefined for a deletion. */
  readonly entries: IndexEntries | undefined;
}

export interface Page {
  readonly rows: readonly StoredVersion[];
  /** Where to go on; undefined when this was the last page. */
  readonly next: Position | undefined;
}

/** The versions of one resource, of a type, or of all. */
export interface HistoryQuery {
  readonly type?: string | undefined;
  /** Within the type. */
  readonly id?: string | undefined;
  /** Only versions of this instant and later, milliseconds. */
  readonly since?: number | undefined;
  /** Only versions that were current at some time between these instants, the last one excluded. */
  readonly at?: { readonly low: number; readonly high: number } | undefined;
  /** Only versions of these resources, as `Patient/1`. */
  readonly among?: readonly string[] | undefined;
  readonly limit: number;
  readonly before?: HistoryPosition | undefined;
}

/** Where a page of a history ended. */
export interface HistoryPosition {
  readonly updated: number;
  readonly change: number;
}

export interface HistoryPage {
  /** Newest first; of one instant, the last to be written first. */
  readonly rows: readonly StoredVersion[];
  /** Where to go on; undefined when this was the last page. */
  readonly next: HistoryPosition | undefined;
  /** On all pages. */
  readonly total: number;
}

/** Reading, of what is committed, or of a transaction in progress. */
export interface StoreReader {
  /** The current version, a deletion included; undefined when the id was never used. */
  read(type: string, id: string): Promise<StoredVersion | undefined>;
  readVersion(type: string, id: string, version: number): Promise<StoredVersion | undefined>;
  history(query: HistoryQuery): Promise<HistoryPage>;
  search(query: StoreQuery): Promise<Page>;
  count(type: TypeSelection, where: PlanNode): Promise<number>;
  /** How the database goes about a search, step by step, in its own words and without any value. */
  steps(query: StoreQuery): Promise<readonly string[]>;
  /** A text that a part of the server keeps with the data under a name of its own; undefined when there is none. */
  note(name: string): Promise<string | undefined>;
}

export interface ReindexPage {
  readonly type: TypeSelection;
  readonly limit: number;
  /** Where the page before ended; absent: from the first. */
  readonly after?: number | undefined;
}

/** A unit of work in progress. It sees its own writes. */
export interface StoreTransaction extends StoreReader {
  /** Adds a version and makes it the current one. The caller has read the version before it in this transaction. */
  write(write: Write): Promise<void>;
  /**
   * Replaces what the index holds of current versions, in the order in which they were first created.
   * @returns where to go on; undefined when none is left
   */
  reindex(
    page: ReindexPage,
    entriesOf: (version: StoredVersion) => IndexEntries,
  ): Promise<number | undefined>;
  /** A mark that is another once anybody has written to the database who is not this store. */
  othersWrites(): Promise<number>;
  /** Keeps a text under a name, in place of the one before. */
  setNote(name: string, text: string): Promise<void>;
}

export interface Store extends StoreReader {
  /**
   * Runs a unit of work alone and atomically; resolves once it is durable. If it throws, nothing of it remains and
   * the error is passed on. It must await nothing but the transaction it is given and,
   * when it is long, a turn of the event loop: other writers wait behind it.
   */
  transact<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T>;
  /** Number of the last entry of the change log; 0 when nothing was ever written. */
  lastChange(): Promise<number>;
  /** A secret that stays with the data, for opaque cursors: 32 bytes. */
  secret(): Promise<Uint8Array>;
  /** Throws when the database cannot be reached. */
  ping(): Promise<void>;
  /** Waits for what is in progress, then lets go of the database. */
  close(): Promise<void>;
}
