/** A gzipped tar archive as `npm pack` makes one, for tests that need a package. */
import { gzipSync } from 'node:zlib';

/** @param files text by path */
export function tarArchive(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, text]) => [
    ...(path.length > 100
      ? [header('././@LongLink', Buffer.byteLength(path) + 1, 'L'), padded(`${path}\0`)]
      : []),
    header(path.slice(0, 100), Buffer.byteLength(text), '0'),
    padded(text),
  ]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function header(name: string, size: number, kind: string): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write(name, 0);
  bytes.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  bytes.write(kind, 156);
  bytes.write('ustar\0', 257);
  return bytes;
}

function padded(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
