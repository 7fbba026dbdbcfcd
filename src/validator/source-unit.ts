/**
 * A piece of generated JavaScript on its way: its functions, and the values that they refer to by name. Generated code
 * knows each property by its name, so that the engine finds it where it found it last time; a closure shared by many
 * elements has to look it up.
 */

export interface SourceUnit {
  /** The name by which the source reaches a value. */
  constant(value: unknown): string;
  /** Adds a function, whose body may need to know its name. @returns the name */
  define(parameters: string, body: (name: string) => readonly string[]): string;
  /** Compiles the unit. @returns the function of that name */
  load(name: string): (...values: never[]) => unknown;
}

/**
 * @param url that the source goes by in stack traces and profiles
 * @param runtime functions that the source calls by their own names
 */
export function createSourceUnit(url: string, runtime: Readonly<Record<string, unknown>>): SourceUnit {
  const constants: unknown[] = [];
  const functions: string[] = [];
  let names = 0;
  return {
    constant: (value) => `k${constants.push(value) - 1}`,
    define(parameters, body) {
      const name = `f${names++}`;
      functions.push(`function ${name}(${parameters}) {\n${body(name).join('\n')}\n}`);
      return name;
    },
    load(name) {
      const text = [
        `'use strict';`,
        `const { ${Object.keys(runtime).join(', ')} } = runtime;`,
        `const [${constants.map((_, index) => `k${index}`).join(', ')}] = constants;`,
        ...functions,
        `return ${name};`,
        `//# sourceURL=${url.replace(/\s/g, '')}`,
      ].join('\n');
      return new Function('runtime', 'constants', text)(runtime, constants);
    },
  };
}
