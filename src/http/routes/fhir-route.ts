/**
 * One row of the table of interactions. The rows drive both the router and the CapabilityStatement, so that the
 * server claims what it routes and routes what it claims. https://hl7.org/fhir/R4/http.html
 */
import type { Locator } from '../../fhir/json-locator.ts';
import type { RequestContext, Result, Services } from '../../interactions/interaction.ts';
import type { QueryPairs } from '../query.ts';

/** https://hl7.org/fhir/R4/valueset-type-restful-interaction.html and valueset-system-restful-interaction.html */
export type InteractionCode =
  | 'read'
  | 'vread'
  | 'update'
  | 'delete'
  | 'history-instance'
  | 'create'
  | 'search-type'
  | 'transaction'
  | 'batch';

/** A request, free of the web framework. Names of the path that a route does not have are empty. */
export interface FhirRequest {
  readonly type: string;
  readonly id: string;
  readonly version: string;
  /** The type searched in a compartment. */
  readonly member: string;
  /** Of the URL, then of the form; without `_format` and `_pretty`, which concern the representation only. */
  readonly query: QueryPairs;
  /** JSON text of a resource as body; undefined when there is none. */
  readonly text: string | undefined;
  /** When the resource came as XML: finds its elements there. */
  readonly locator: (() => Locator) | undefined;
  header(name: string): string | undefined;
}

export interface FhirRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base, with `:type`, `:id`, `:version` and `:member`. */
  readonly path: string;
  /** What the CapabilityStatement claims because of this route. */
  readonly interactions?: readonly InteractionCode[];
  readonly operation?: { readonly code: string; readonly definition: string };
  /** What kind of body it takes; absent: none is read. */
  readonly body?: { readonly kind: 'resource' | 'form'; readonly required: boolean };
  /** Answered without authentication. */
  readonly open?: boolean;
  readonly handle: (services: Services, context: RequestContext, request: FhirRequest) => Promise<Result>;
}

export const resourceBody = { kind: 'resource', required: true } as const;
