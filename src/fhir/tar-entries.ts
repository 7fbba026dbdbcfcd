/**
 * The files in a gzipped tar archive, as npm packs one.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html (ustar interchange format, extended headers)
 */
import { gunzipSync } from 'node:zlib';

export interface TarEntry {
  readonly path: string;
  readonly content: Buffer;
}

const block = 512;
/** Room for the largest of the published guides; what unpacks to more is no guide. */
const maximumLength = 1024 ** 3;

/**
 * @param archive bytes of a `.tgz`
 * @throws Error when they are not one
 */
export function* tarEntries(archive: Uint8Array): Generator<TarEntry> {
  const bytes = gunzipSync(archive, { maxOutputLength: maximumLength });
  let longPath: string | undefined;
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(textAt(bytes, at + 124, 12), 8);
    const start = at + block;
    if (!Number.isSafeInteger(size) || size < 0 || start + size > bytes.length)
      throw new Error('no tar archive');
    const content = bytes.subarray(start, start + size);
    const kind = String.fromCharCode(bytes[at + 156]!);
    at = start + Math.ceil(size / block) * block;
    if (kind === 'x') longPath = paxPath(content.toString('utf8')) ?? longPath;
    else if (kind === 'L') longPath = textAt(content, 0, size);
    else {
      if (kind === '0' || kind === '\0') yield { path: longPath ?? shortPath(bytes, start - block), content };
      longPath = undefined;
    }
  }
}

/** Name, with the prefix that ustar keeps apart. */
function shortPath(bytes: Buffer, at: number): string {
  const name = textAt(bytes, at, 100);
  const prefix = textAt(bytes, at + 257, 5) === 'ustar' ? textAt(bytes, at + 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Records are `LENGTH path=VALUE\n`. */
function paxPath(records: string): string | undefined {
  return /^\d+ path=(.*)$/m.exec(records)?.[1];
}

function textAt(bytes: Buffer, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end).trim();
}
