/**
 * The compiled definitions: one file, the index first, every artefact compressed on its own, so that opening it
 * costs a few milliseconds and an artefact is parsed when it is first asked for.
 *
 * Layout: 8 bytes of magic, 4 bytes length of the packed index, the packed index, the packed artefacts.
 * Packed means JSON, deflated.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ModelData } from './create-model.ts';
import type { Resource } from './resource.ts';

const magic = 'katdefs2';

/** Where a definition comes from; without a version in the canonical, core goes before the rest. */
export type Origin = 'core' | 'guide' | 'extensions' | 'terminology' | 'expansions' | 'run-time';

/** One definition: what it is known by, and how to get it. */
export interface Definition {
  readonly resourceType: string;
  readonly url: string;
  readonly version: string | undefined;
  readonly origin: Origin;
  /** Parses it at the first call, the same object afterwards. */
  read(): Resource;
}

/** What is needed of all definitions together before the first of them is parsed. */
export interface DefinitionTables {
  readonly model: ModelData;
  readonly searchParameters: readonly Resource[];
  /** By type of resource whose compartment it is. */
  readonly compartments: Readonly<Record<string, CompartmentTable>>;
}

export interface CompartmentTable {
  /** Canonical URL of its definition. */
  readonly url: string;
  /** By type of resource: the search parameters that tie it to the compartment. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

export interface Definitions {
  readonly hash: string;
  readonly definitions: readonly Definition[];
  /** The tables, parsed at the first call. */
  tables(): DefinitionTables;
}

/** resource type, url, version, origin, bytes of the packed artefact */
type IndexRow = readonly [string, string, string | null, Origin, number];

interface FileIndex {
  readonly hash: string;
  readonly tables: number;
  readonly rows: readonly IndexRow[];
}

const pack = (value: unknown) => deflateRawSync(JSON.stringify(value), { level: 9 });
const unpack = (bytes: Buffer): unknown => JSON.parse(inflateRawSync(bytes).toString('utf8'));

/** @param hash of everything the definitions were made from */
export function encodeDefinitions(
  hash: string,
  definitions: readonly Definition[],
  tables: DefinitionTables,
): Buffer {
  const packedTables = pack(tables);
  const packed = definitions.map((definition) => pack(definition.read()));
  const rows = definitions.map(({ resourceType, url, version, origin }, i): IndexRow => {
    return [resourceType, url, version ?? null, origin, packed[i]?.length ?? 0];
  });
  const index = pack({ hash, tables: packedTables.length, rows } satisfies FileIndex);
  const head = Buffer.alloc(magic.length + 4);
  head.write(magic, 'latin1');
  head.writeUInt32LE(index.length, magic.length);
  return Buffer.concat([head, index, packedTables, ...packed]);
}

/** @throws Error when the bytes are no definitions file of this layout */
export function decodeDefinitions(bytes: Buffer): Definitions {
  if (bytes.toString('latin1', 0, magic.length) !== magic) throw new Error('not a definitions file');
  const indexStart = magic.length + 4;
  const indexEnd = indexStart + bytes.readUInt32LE(magic.length);
  const index = unpack(bytes.subarray(indexStart, indexEnd)) as FileIndex;
  let start = indexEnd + index.tables;
  const definitions = index.rows.map(([resourceType, url, version, origin, length]) => {
    const packed = bytes.subarray(start, start + length);
    start += length;
    return lazyDefinition(resourceType, url, version ?? undefined, origin, () => unpack(packed) as Resource);
  });
  let tables: DefinitionTables | undefined;
  return {
    hash: index.hash,
    definitions,
    tables: () => {
      tables ??= unpack(bytes.subarray(indexEnd, indexEnd + index.tables)) as DefinitionTables;
      return tables;
    },
  };
}

/** A definition that is made when first read. */
export function lazyDefinition(
  resourceType: string,
  url: string,
  version: string | undefined,
  origin: Origin,
  make: () => Resource,
): Definition {
  let made: Resource | undefined;
  return {
    resourceType,
    url,
    version,
    origin,
    read: () => {
      made ??= make();
      return made;
    },
  };
}
