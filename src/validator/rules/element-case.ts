/** What the rules about one element of a profile look at. */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { RuleContext } from '../type-rules.ts';

export interface ElementCase {
  readonly element: ElementDefinition;
  /** What the element may hold: by its own account, else by its path; undefined where the model does not tell. */
  readonly types: readonly string[] | undefined;
  /** What it constrains: an element of the base or of a type; of a slice, what it is a slice of. */
  readonly inherited: ElementDefinition | undefined;
  /** The codes of the types of the element that holds it, as far as they are known. */
  readonly holder: readonly string[];
  readonly base: StructureDefinition | undefined;
  /** Where it stands in the resource. */
  readonly place: string;
  readonly context: RuleContext;
}
