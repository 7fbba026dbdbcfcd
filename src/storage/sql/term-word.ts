/**
 * Terms as the inverted index keeps them: short words of lower-case letters and digits, since full text indexes fold
 * case and split at punctuation. The first 64 bits of SHA-256: among a hundred million different terms the chance of
 * any two sharing a word is below one in three thousand, and nobody can make up a term that collides with a given one.
 */
import { hash } from 'node:crypto';

/** The word a term is indexed and looked up under. */
export function termWord(term: string): string {
  return hash('sha256', term, 'hex').slice(0, 16);
}
