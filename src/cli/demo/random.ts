/** Numbers that look random and are the same for the same seed: mulberry32, a generator with 32 bits of state. */

export interface Random {
  /** At least 0, less than 1. */
  uniform(): number;
  chance(probability: number): boolean;
  /** Normally distributed, then clipped. */
  normal(law: Normal): number;
  pick<T>(items: readonly T[]): T;
  /** An item by its share; the shares add up to 1. */
  share<T extends string>(shares: Readonly<Record<T, number>>): T;
}

export interface Normal {
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    chance: (probability) => uniform() < probability,
    normal({ mean, deviation, min, max }) {
      // Box and Muller; 1 - u is never 0, of which there is no logarithm.
      const standard = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
      return Math.min(max, Math.max(min, mean + deviation * standard));
    },
    pick: (items) => items[Math.floor(uniform() * items.length)]!,
    share<T extends string>(shares: Readonly<Record<T, number>>): T {
      const names = Object.keys(shares) as T[];
      let left = uniform();
      for (const name of names) {
        left -= shares[name];
        if (left < 0) return name;
      }
      return names.at(-1)!;
    },
  };
}
