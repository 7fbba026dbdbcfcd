/**
 * What compiling a definition may ask for: the definitions, the terminology, the expression compiler, and what is
 * compiled already. One lives as long as its validator.
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import type { Registry } from '../fhir/registry.ts';
import type { ExpressionCompiler } from '../fhirpath/expression.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { Run } from './run.ts';

/** Checks a value of a type against the type's own definition; `at` names the element it stands in. */
export type TypeCheck = (value: unknown, run: Run, at: string) => void;

/** Checks one instance of an element: its value, the FHIR type it has there, and the `_field` companion of a primitive. */
export type ValueCheck = (value: unknown, run: Run, type: string, companion?: unknown) => void;

/** What a profile demands beyond the type it constrains. */
export interface ProfileCheck {
  readonly url: string;
  readonly type: string;
  readonly structure: StructureDefinition;
  /** Canonicals of the profiles it derives from: whoever conforms to it conforms to them. */
  readonly ancestors: ReadonlySet<string>;
  /** Profiles that whatever claims it has to meet as well. */
  readonly imposes: readonly string[];
  readonly check: ValueCheck;
  /** What it demands of an instance of the element of an id, and of what is inside. */
  element(id: string): ValueCheck | undefined;
}

export interface Compilation {
  readonly registry: Registry;
  readonly terminology: Terminology;
  readonly compile: ExpressionCompiler;
  /** The function of a complex type, a resource type or a backbone element's path. */
  typeCheck(name: string): TypeCheck;
  /** A definition with its snapshot; undefined when it is not known, or so faulty that it has none. */
  structure(canonical: string): StructureDefinition | undefined;
  /** The checks of a profile by `url` or `url|version`; undefined when it is not known. */
  profile(canonical: string): ProfileCheck | undefined;
}
