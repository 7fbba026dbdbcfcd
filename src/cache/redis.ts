/**
 * The cache in Redis, shared by several server processes. Redis is allowed to be slow, gone, restarted or emptied at
 * any moment: nothing here waits long, and nothing throws.
 */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Cache } from './cache.ts';

export interface RedisCacheOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Before each key, so that others may use the same Redis. */
  readonly prefix?: string;
  /** How long an entry may stay; most become unreachable earlier, as generations move on. */
  readonly ttlSeconds?: number;
  /** Larger values are not kept. */
  readonly maxValueBytes?: number;
  /** How long one question may take before Redis counts as out of reach. */
  readonly timeoutMs?: number;
}

/** Connects in the background: the cache is empty until Redis answers. */
export function createRedisCache(options: RedisCacheOptions): Cache {
  const {
    url,
    prefix = 'kat-fhir:',
    ttlSeconds = 3_600,
    maxValueBytes = 4 * 1024 * 1024,
    timeoutMs = 250,
  } = options;
  const client = new Redis(url, {
    commandTimeout: timeoutMs,
    connectTimeout: 2_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
  });
  let epoch = randomUUID();
  let reachable = false;

  /** What happened in between may not have reached Redis, and nobody can tell. */
  function lost(): void {
    reachable = false;
    epoch = randomUUID();
  }

  client.on('ready', () => {
    reachable = true;
  });
  client.on('close', lost);
  // The client reports every failed attempt here and goes on trying; `health` tells.
  client.on('error', () => undefined);

  /** Asks Redis; undefined when it does not answer. */
  async function ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    if (!reachable) return undefined;
    try {
      return await question();
    } catch {
      // A Redis that does not answer in time would make everyone wait: leave it and come back when it answers.
      if (reachable) {
        lost();
        client.disconnect(true);
      }
      return undefined;
    }
  }

  return {
    async get(key) {
      return (await ask(() => client.getBuffer(prefix + key))) ?? undefined;
    },
    async set(key, value) {
      if (value.length > maxValueBytes) return;
      await ask(() => client.set(prefix + key, value, 'EX', ttlSeconds));
    },
    epoch: () => epoch,
    health: () => ({ engine: 'redis', reachable }),
    async close() {
      reachable = false;
      client.disconnect();
    },
  };
}
