/**
 * Answering from the cache, exactly: the key holds the generations of everything the answer depends on, read before
 * the answer is computed, so whatever is written later makes the key unreachable.
 */
import { hash } from 'node:crypto';
import type { Services } from './interaction.ts';

export interface CachedAnswer {
  readonly value: Buffer;
  readonly cache: 'hit' | 'miss' | 'bypass';
}

/**
 * @param question what is asked, in full: two equal questions have one answer
 * @param scopes what the answer depends on (cache/generations)
 * @param answer computes it; what it throws is passed on and nothing is cached
 */
export async function cached(
  services: Services,
  question: readonly string[],
  scopes: readonly string[],
  answer: () => Promise<Buffer>,
): Promise<CachedAnswer> {
  const { cache, generations } = services;
  const stamp = generations.stamp(scopes);
  if (stamp === undefined) return { value: await answer(), cache: 'bypass' };
  // Hashed, because a question may hold a patient's data and keys are seen by those who run the cache.
  const key = hash('sha256', JSON.stringify([cache.epoch(), question, stamp]), 'base64url');
  const found = await cache.get(key);
  if (found) return { value: found, cache: 'hit' };
  const value = await answer();
  await cache.set(key, value);
  return { value, cache: 'miss' };
}
