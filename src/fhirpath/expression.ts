/**
 * FHIRPath expressions, compiled once and evaluated often.
 * http://hl7.org/fhirpath/ and https://hl7.org/fhir/R4/fhirpath.html
 */

/** A value with the FHIR type it has in its resource (`CodeableConcept`, `dateTime`, `Observation.component`) or a System type (`System.Boolean`). */
export interface TypedValue {
  readonly type: string;
  /** Plain JSON, as parsed. */
  readonly value: unknown;
  /** The `_field` companion of a primitive, if any: `{id?, extension?}`. */
  readonly element?: unknown;
}

/** What an expression may ask of its surroundings. */
export interface Environment {
  /** `%resource`: the resource that holds the focus. */
  readonly resource: TypedValue;
  /** `%rootResource`: its container when it is contained, else itself. */
  readonly rootResource: TypedValue;
  /** `resolve()`: the target of a reference, if it can be had. */
  resolve?(reference: string): TypedValue | undefined;
  /** `memberOf()`: undefined when it cannot be known. */
  memberOf?(value: TypedValue, valueSet: string): boolean | undefined;
  /** `conformsTo()`: undefined when the profile is not known. */
  conformsTo?(value: TypedValue, profile: string): boolean | undefined;
  /** `weight()`, also called `ordinal()`: the score of an answer's value; undefined when it has none. */
  weight?(value: unknown): number | undefined;
  /** Further `%variables`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** `now()` and `today()`, milliseconds since the epoch. Absent: the system clock. */
  readonly now?: number;
}

export interface Expression {
  readonly text: string;
  /** Which engine evaluates it. */
  readonly engine: 'compiled' | 'fhirpath.js';
  /** The collection it yields for one focus. Throws only for faults of the expression itself. */
  values(focus: TypedValue, environment: Environment): readonly TypedValue[];
  /**
   * As an invariant: true when the result is true or empty-as-false per FHIR's rule that only `true` passes. Of an
   * element there may be many, which mostly hold: the parts of the focus come one by one, and no object is made.
   */
  test(
    value: TypedValue['value'],
    type: TypedValue['type'],
    environment: Environment,
    element?: TypedValue['element'],
  ): boolean;
}

/** Compiles an expression for a focus of a given FHIR type. Throws when the text does not parse. */
export type ExpressionCompiler = (text: string, focusType: string) => Expression;
