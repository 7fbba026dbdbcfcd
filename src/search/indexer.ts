/** What a resource contributes to the index, and what its own parameters say of it. */
import type { Resource } from '../fhir/resource.ts';
import type { IndexEntries } from './index-entries.ts';

export interface Indexer {
  /**
   * Index entries of a resource, computed with every search parameter of its type.
   * References to this server's own base are indexed as relative ones.
   */
  index(resource: Resource): IndexEntries;
  /** Local references (`Patient/1`) a reference parameter finds in a resource, for `_include`. */
  references(resource: Resource, parameter: string): readonly string[];
  /** The value a resource sorts by under a token, uri or reference parameter (`Observation.code`); null when missing. */
  sortValue(parameter: string, resource: Resource): string | null;
}
