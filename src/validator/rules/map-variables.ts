/**
 * The variables of a StructureMap at one of its rules: the inputs of the group, and what was named on the way there.
 * https://hl7.org/fhir/R4/structuremap-definitions.html#StructureMap.group.rule.source.variable
 */

export interface Variable {
  readonly name: unknown;
  /** Whether it is made, rather than given. */
  readonly isTarget: boolean;
  /** What it may hold; undefined where that is not known. */
  readonly types: readonly string[] | undefined;
}

export interface Variables {
  get(name: unknown): Variable | undefined;
  add(variable: Variable): void;
  /** Those of here, for what is named further in. */
  copy(): Variables;
}

export function variablesOf(given: Iterable<Variable>): Variables {
  const variables = new Map<unknown, Variable>();
  for (const variable of given) variables.set(variable.name, variable);
  return {
    get: (name) => variables.get(name),
    add(variable) {
      if (variable.name !== undefined) variables.set(variable.name, variable);
    },
    copy: () => variablesOf(variables.values()),
  };
}
