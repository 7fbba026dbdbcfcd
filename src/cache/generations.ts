/**
 * Generations: how the cache knows that what it holds is still true.
 *
 * A scope is anything an answer may depend on: a resource (`Patient/1`), a type (`Observation`), a type within a
 * patient's compartment (`Observation@1`). Each scope hashes to one of a fixed number of slots, so memory is bounded;
 * two scopes that share a slot only invalidate each other more often than needed.
 *
 * A write marks its scopes dirty before it commits and bumps them after, before its client gets the answer.
 * An answer computed while one of its scopes is dirty is not cached.
 */
export interface WriteMark {
  /** Marks a scope that this write touches. Call before the commit. */
  touch(scope: string): void;
  /** Call once the write is known to have committed or not: bumps every touched scope and ends its dirtiness. */
  end(): void;
}

export interface Generations {
  /** The generations of the scopes as part of a cache key; undefined while one of them is dirty. */
  stamp(scopes: readonly string[]): string | undefined;
  begin(): WriteMark;
}

const slotCount = 1 << 16;

/** FNV-1a over UTF-16 code units, folded to a slot number. */
function slotOf(scope: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < scope.length; i++) {
    hash = Math.imul(hash ^ scope.charCodeAt(i), 0x01000193);
  }
  return (hash ^ (hash >>> 16)) & (slotCount - 1);
}

export function createGenerations(): Generations {
  const generation = new Float64Array(slotCount);
  const dirty = new Uint32Array(slotCount);
  return {
    stamp(scopes) {
      const parts: number[] = [];
      for (const scope of scopes) {
        const slot = slotOf(scope);
        if (dirty[slot] !== 0) return undefined;
        parts.push(generation[slot]!);
      }
      return parts.join('.');
    },
    begin() {
      const touched = new Set<number>();
      return {
        touch(scope) {
          const slot = slotOf(scope);
          if (touched.has(slot)) return;
          touched.add(slot);
          dirty[slot]!++;
        },
        end() {
          for (const slot of touched) {
            generation[slot]!++;
            dirty[slot]!--;
          }
          touched.clear();
        },
      };
    },
  };
}
