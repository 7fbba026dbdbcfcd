/**
 * The type model: what properties a type has, what they may hold and how they are spelled in JSON.
 * A backbone element is named by its path (`Observation.component`), as in its definition.
 * https://hl7.org/fhir/R4/datatypes.html
 */

export interface PropertyModel {
  /** Element name without `[x]`. */
  readonly name: string;
  /** FHIR types it may hold; a backbone element or a content reference gives the path that names its type. */
  readonly types: readonly string[];
  /**
   * JSON keys with the type each stands for: one for a plain element, one per type for a choice (`valueQuantity`). Of a
   * primitive the companion has a key of its own.
   */
  readonly keys: readonly { readonly key: string; readonly companion: string; readonly type: string }[];
  readonly choice: boolean;
  /** Whether JSON holds an array (base maximum above 1). */
  readonly array: boolean;
}

export interface TypeModel {
  readonly name: string;
  readonly kind: 'primitive' | 'complex' | 'resource' | 'backbone';
  /** Name of the type it specializes: `DomainResource`, `BackboneElement`, `string` for `code`, … */
  readonly base: string | undefined;
  /** In the order of the definition, inherited ones included. */
  readonly properties: readonly PropertyModel[];
  property(name: string): PropertyModel | undefined;
  /** The property a JSON key belongs to, and the type that key stands for. */
  key(jsonKey: string): { readonly property: PropertyModel; readonly type: string } | undefined;
}

export interface Model {
  type(name: string): TypeModel | undefined;
  /** Whether `name` is `ancestor` or specializes it, directly or not. */
  isA(name: string, ancestor: string): boolean;
}
