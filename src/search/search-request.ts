/** A search as understood: what the query text means. https://hl7.org/fhir/R4/search.html */
import type { Issue } from '../core/issue.ts';
import type { Compartment } from './compartment.ts';
import type { PlanNode, SortKey, TypeSelection } from './plan.ts';

/** `_include=Procedure:encounter:Encounter`; `*` as parameter means every reference. */
export interface Include {
  readonly sourceType: string;
  readonly parameter: string;
  readonly targetType: string | undefined;
  /** `:iterate`: also asked of what was included. */
  readonly iterate: boolean;
}

/** Which parts of the resources are asked for: `_summary`, `_elements`. */
export type Subset =
  | { readonly by: 'summary' | 'text' | 'data' }
  /** Names of top-level elements by the type they were named for; those without a type under the empty text. */
  | { readonly by: 'elements'; readonly names: ReadonlyMap<string, ReadonlySet<string>> };

export interface SearchRequest {
  readonly type: TypeSelection;
  readonly where: PlanNode;
  readonly sort: readonly SortKey[];
  /** Page size asked for, bounded. 0 with `_count=0`: only the total. */
  readonly count: number;
  readonly total: 'none' | 'estimate' | 'accurate';
  /** `_summary=count`. */
  readonly countOnly: boolean;
  /** Absent: resources as they are. */
  readonly subset?: Subset;
  readonly includes: readonly Include[];
  readonly revincludes: readonly Include[];
  /**
   * The scopes (see cache/generations) an answer depends on: each matched or reverse included type, bound to a
   * patient (`Observation@1`) where the query binds it, and every type an include may bring.
   */
  readonly scopes: readonly string[];
  /** The parameters that were really applied, in order, decoded: what the self link says. */
  readonly applied: readonly (readonly [string, string])[];
  /** What was ignored, under lenient handling. */
  readonly issues: readonly Issue[];
}

/**
 * @param type resource type; empty to search the whole system, or all of a compartment
 * @param parameters decoded name and value pairs in the order of the query, result parameters included
 * @param handling `strict` refuses unknown parameters and modifiers (400 naming what exists), `lenient` ignores them
 *   and says so
 * @param compartment in which to search
 * @throws FhirError for what cannot be understood
 */
export type SearchParser = (
  type: string,
  parameters: readonly (readonly [string, string])[],
  handling: 'strict' | 'lenient',
  compartment?: Compartment,
) => SearchRequest;
