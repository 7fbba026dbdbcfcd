/** What is made for each type of value, when the first value of that type comes along. */

/** @returns what was made for a type; mostly it is the type that was asked for before */
export function byType<T>(make: (type: string) => T): (type: string) => T {
  const made = new Map<string, T>();
  let lastType: string | undefined;
  let last: T | undefined;
  return (type) => {
    if (type !== lastType) {
      if (!made.has(type)) made.set(type, make(type));
      last = made.get(type);
      lastType = type;
    }
    return last as T;
  };
}
