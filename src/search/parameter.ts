/** A search parameter as it applies to one resource type. https://hl7.org/fhir/R4/searchparameter.html */

export type ParameterType =
  | 'token'
  | 'reference'
  | 'string'
  | 'date'
  | 'number'
  | 'quantity'
  | 'uri'
  | 'composite'
  | 'special';

/** One member of the union that a parameter's expression is. */
export interface ExpressionPart {
  /** FHIRPath, relative to the resource. */
  readonly expression: string;
  /** `.where(resolve() is Patient)`: of references, only those to this type. */
  readonly targetType: string | undefined;
}

export interface Component {
  /** FHIRPath, relative to the value of the composite. */
  readonly expression: string;
  readonly parameter: Parameter;
}

export interface Parameter {
  /** `Observation.code`: what index entries and plans call it. */
  readonly name: string;
  /** `code`: what a query calls it. */
  readonly code: string;
  /** Canonical URL of its definition. */
  readonly url: string;
  /** Its definition came from a client, and its expression is not to be trusted. */
  readonly custom: boolean;
  readonly type: ParameterType;
  readonly parts: readonly ExpressionPart[];
  /** FHIR types that its values have, as far as the definitions tell; undefined when they do not. */
  readonly valueTypes: ReadonlySet<string> | undefined;
  /** Of a reference: the types it may refer to. */
  readonly targets: readonly string[];
  /** Of a composite. */
  readonly components: readonly Component[];
  /**
   * The parameters under whose names its values are indexed: itself, or those of which it is the union
   * (`combo-code` is `code` and `component-code`).
   */
  readonly indexedAs: readonly Parameter[];
  /** The code system that an element of type `code` draws a code from, by its binding. */
  systemOf(code: string): string | undefined;
}
