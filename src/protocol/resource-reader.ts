/**
 * What the protocol asks of the store: current resources, found through the index. On a write the reader stands inside
 * the unit of work, so that it sees the writes beside the one in question before any of them is committed.
 */
import type { Resource } from '@medplum/fhirtypes';

export interface ResourceReader {
  /**
   * The current version of what a local reference `Type/id` names; undefined when there is none.
   */
  read<T extends Resource>(reference: string): Promise<T | undefined>;
  /**
   * Current resources of a type that meet a search, newest version first come, in no order.
   * @param parameters of the search, e.g. `[['part-of', 'Procedure/1,Procedure/2']]`; each must use the index
   */
  find<T extends Resource>(
    type: T['resourceType'],
    parameters: readonly (readonly [name: string, value: string])[],
  ): Promise<T[]>;
}
