/**
 * Which values conform to which profiles, asked once for each pair in a run: the targets of references in a bundle lead
 * to one another, and every entry would walk them all again. While a pair is being asked it counts as conforming, so
 * that circles end; what rests on such an assumption is kept only once the assumption has come true.
 */

export interface Verdicts {
  /**
   * @param judge finds out, and may ask about other pairs meanwhile
   */
  of(value: object, profile: string, judge: () => boolean): boolean;
}

interface Pair {
  readonly value: object;
  readonly profile: string;
}

const nothing = Number.POSITIVE_INFINITY;

export function createVerdicts(): Verdicts {
  const known = new Map<object, Map<string, boolean>>();
  /** Pairs being asked, each within the one before it. */
  const open: Pair[] = [];
  /** Pairs that conform if some open one does. */
  let resting: Pair[] = [];
  /** Place of the outermost open pair that was assumed to conform. */
  let assumed = nothing;

  function keep({ value, profile }: Pair, verdict: boolean): void {
    const ofValue = known.get(value) ?? new Map<string, boolean>();
    known.set(value, ofValue.set(profile, verdict));
  }

  return {
    of(value, profile, judge) {
      const before = known.get(value)?.get(profile);
      if (before !== undefined) return before;
      const circle = open.findIndex((pair) => pair.value === value && pair.profile === profile);
      if (circle >= 0) {
        assumed = Math.min(assumed, circle);
        return true;
      }
      const pair = { value, profile };
      const place = open.push(pair) - 1;
      const [outerAssumed, outerResting] = [assumed, resting];
      assumed = nothing;
      resting = [];
      const verdict = judge();
      open.pop();
      if (!verdict || assumed >= place) {
        keep(pair, verdict);
        if (verdict) for (const one of resting) keep(one, true);
        assumed = outerAssumed;
        resting = outerResting;
      } else {
        assumed = Math.min(outerAssumed, assumed);
        resting = [...outerResting, ...resting, pair];
      }
      return verdict;
    },
  };
}
