/** The entries of a transaction under construction. https://hl7.org/fhir/R4/http.html#transaction */
import { createHash } from 'node:crypto';
import type { BundleEntry, Resource } from '@medplum/fhirtypes';

/** A reference to an entry, whatever its type. */
export interface Link {
  readonly reference: string;
  readonly display?: string;
}

export interface Entries {
  /** @returns a reference to what was added */
  add(name: string, resource: Resource, ifNoneExist?: string): Link;
  /** A reference to the entry of this name, whether it is there already or comes later. */
  refer(name: string): Link;
  readonly list: readonly BundleEntry[];
}

/** @param key from which, with the name of an entry, its `fullUrl` is derived */
export function createEntries(key: string): Entries {
  const list: BundleEntry[] = [];
  const refer = (name: string): Link => ({ reference: `urn:uuid:${uuidOf(`${key}/${name}`)}` });
  return {
    list,
    refer,
    add(name, resource, ifNoneExist) {
      const reference = refer(name);
      const request = { method: 'POST' as const, url: resource.resourceType };
      list.push({
        fullUrl: reference.reference,
        resource,
        request: ifNoneExist === undefined ? request : { ...request, ifNoneExist },
      });
      return reference;
    },
  };
}

/** A UUID made from a name, in the form of version 5. */
function uuidOf(name: string): string {
  const hex = createHash('sha1').update(`https://w3id.org/kat-fhir/demo/${name}`).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}
