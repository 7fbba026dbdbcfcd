/** The cache within the process: least recently used goes first, bounded by bytes. */
import { randomUUID } from 'node:crypto';
import type { Cache } from './cache.ts';

export interface MemoryCacheOptions {
  /** What all entries together may take. */
  readonly maxBytes?: number;
}

/** What an entry takes beside its key and value, roughly. */
const overhead = 150;

/** One value may take this share of the cache; a larger one would push out too many others. */
const largestShare = 1 / 8;

export function createMemoryCache({ maxBytes = 64 * 1024 * 1024 }: MemoryCacheOptions = {}): Cache {
  /** In the order of use, the least recent first. */
  const entries = new Map<string, Buffer>();
  const epoch = randomUUID();
  let bytes = 0;

  const size = (key: string, value: Buffer) => 2 * key.length + value.length + overhead;

  function remove(key: string): void {
    const value = entries.get(key);
    if (!value) return;
    bytes -= size(key, value);
    entries.delete(key);
  }

  return {
    async get(key) {
      const value = entries.get(key);
      if (!value) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    async set(key, value) {
      remove(key);
      if (size(key, value) > maxBytes * largestShare) return;
      // A copy: small buffers share memory with strangers, which would be kept alive uncounted.
      const copy = Buffer.allocUnsafeSlow(value.length);
      value.copy(copy);
      entries.set(key, copy);
      bytes += size(key, copy);
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes) break;
        remove(oldest);
      }
    },
    epoch: () => epoch,
    health: () => ({ engine: 'memory', reachable: true }),
    async close() {
      entries.clear();
      bytes = 0;
    },
  };
}
