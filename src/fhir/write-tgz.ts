/**
 * Writes a gzipped tar archive whose bytes depend on the entries alone: no times, no owners.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html (ustar interchange format)
 */
import { gzipSync } from 'node:zlib';
import type { TarEntry } from './tar-entries.ts';

const block = 512;

/** Byte of the gzip header that says where it was written, and what leaves that open (RFC 1952, 2.3.1). */
const operatingSystem = 9;
const unknownSystem = 255;

/** @throws Error when a path is longer than the 100 bytes that ustar keeps for a name */
export function writeTgz(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ path, content }) => [
    header(path, content.length),
    content,
    Buffer.alloc((block - (content.length % block)) % block),
  ]);
  const archive = gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]), { level: 9 });
  archive[operatingSystem] = unknownSystem;
  return archive;
}

function header(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path}: too long a path for a tar archive`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  bytes.write(path, 0);
  bytes.write(octal(0o644, 7), 100);
  bytes.write(octal(0, 7), 108);
  bytes.write(octal(0, 7), 116);
  bytes.write(octal(size, 11), 124);
  bytes.write(octal(0, 11), 136);
  bytes.write('        ', 148);
  bytes.write('0', 156);
  bytes.write('ustar\x0000', 257);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}
