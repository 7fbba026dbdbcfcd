/** What a store engine gives to be put under contract. */
import type { Store } from '../../src/storage/store.ts';

export interface StoreEngine {
  readonly name: string;
  /** Opens the store kept at a place (a folder, empty at first); again and again, one at a time. */
  open(place: string): Promise<Store>;
}

/** References of the samples: member `refs` of the body, by parameter. */
export function sampleReferences(parameter: string, body: string): string[] {
  return JSON.parse(body).refs?.[parameter] ?? [];
}

/** Sort values of the samples: member `sort` of the body, by parameter. */
export function sampleSortValue(parameter: string, body: string): string | null {
  return JSON.parse(body).sort?.[parameter] ?? null;
}
