/**
 * Keeps a library from writing to the console: what it says there is made of values of resources, which belong in no
 * log.
 */

/** Runs `ask` with a console that says nothing; what it throws is thrown on. */
export function inSilence<T>(ask: () => T): T {
  const { log } = console;
  console.log = () => undefined;
  try {
    return ask();
  } finally {
    console.log = log;
  }
}
