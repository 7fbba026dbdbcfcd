/**
 * The guide as it is served and packed: its artefacts whole, profiles with their snapshots, one a line, after a line
 * that says what there is. Unlike in the compiled definitions, nothing that only people read is left out.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from './resource.ts';

/** An artefact of the guide. */
export interface Artefact {
  readonly type: string;
  readonly id: string;
  /** Differs when the text does. */
  readonly digest: string;
  /** JSON, without insignificant white space; made of the bytes of the file at every call. */
  text(): string;
}

export interface Guide {
  /** Differs when any of the artefacts does. */
  readonly digest: string;
  /** Sorted by type and id. */
  readonly artefacts: readonly Artefact[];
}

/** type, id, digest, bytes of its line */
type IndexRow = readonly [string, string, string, number];

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
const placeOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;

/** @param artefacts resources with an id */
export function encodeGuide(artefacts: readonly Resource[]): Buffer {
  const sorted = artefacts.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  const lines = sorted.map((artefact) => JSON.stringify(artefact));
  const rows = sorted.map(({ resourceType, id = '' }, i): IndexRow => {
    const line = lines[i]!;
    return [resourceType, id, digestOf(line), Buffer.byteLength(line)];
  });
  return Buffer.from([JSON.stringify(rows), ...lines, ''].join('\n'));
}

/** @throws SyntaxError when the bytes are not of this form */
export function decodeGuide(bytes: Buffer): Guide {
  const indexEnd = bytes.indexOf('\n');
  const index = bytes.toString('utf8', 0, indexEnd);
  let start = indexEnd + 1;
  const artefacts = (JSON.parse(index) as readonly IndexRow[]).map(([type, id, digest, length]): Artefact => {
    const line = bytes.subarray(start, start + length);
    start += length + 1;
    return { type, id, digest, text: () => line.toString('utf8') };
  });
  return { digest: digestOf(index), artefacts };
}

/** Beside the compiled definitions, in `dist`, whether run from the sources or from there. */
const defaultFile = import.meta.url.endsWith('.ts')
  ? join(import.meta.dirname, '..', '..', 'dist', 'guide.ndjson')
  : join(import.meta.dirname, '..', 'guide.ndjson');

/** @throws Error when the file is not there */
export function openGuide(file: string = defaultFile): Guide {
  return decodeGuide(readFileSync(file));
}
