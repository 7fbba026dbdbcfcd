/**
 * Whether something belongs to a slice, as far as that is known: it may, when it refers to what is not at hand.
 * https://hl7.org/fhir/R4/profiling.html#discriminator
 */
export type Match = boolean | 'maybe';

/** Whether all hold; the first that does not decides. */
export function allOf<T>(items: readonly T[], test: (item: T) => Match): Match {
  let all: Match = true;
  for (const item of items) {
    const match = test(item);
    if (match === false) return false;
    if (match === 'maybe') all = 'maybe';
  }
  return all;
}

/** Whether one holds; the first that does decides. */
export function anyOf<T>(items: readonly T[], test: (item: T) => Match): Match {
  let any: Match = false;
  for (const item of items) {
    const match = test(item);
    if (match === true) return true;
    if (match === 'maybe') any = 'maybe';
  }
  return any;
}
