/**
 * One row of the table of interactions. The rows drive both the router and the CapabilityStatement, so that the
 * server claims what it routes and routes what it claims. https://hl7.org/fhir/R4/http.html
 */
import type { Locator } from '../../fhir/json-locator.ts';
import type { Preconditions } from '../../interactions/conditional.ts';
import type { RequestContext, Result, Services } from '../../interactions/interaction.ts';
import type { Patch } from '../../interactions/patch.ts';
import type { SubmittedBody } from '../plugins/body-parsers.ts';
import type { QueryPairs } from '../query.ts';

/** https://hl7.org/fhir/R4/valueset-type-restful-interaction.html and valueset-system-restful-interaction.html */
export type InteractionCode =
  | 'read'
  | 'vread'
  | 'update'
  | 'patch'
  | 'delete'
  | 'history-instance'
  | 'history-type'
  | 'history-system'
  | 'create'
  | 'search-type'
  | 'search-system'
  | 'transaction'
  | 'batch';

/** A request, free of the web framework. Names of the path that a route does not have are empty. */
export interface FhirRequest {
  readonly type: string;
  readonly id: string;
  readonly version: string;
  /** The type searched in a compartment; `*` for all. */
  readonly member: string;
  /** Of the URL, then of the form; without `_format` and `_pretty`, which concern the representation only. */
  readonly query: QueryPairs;
  /** The text of the body, that of a resource as JSON; undefined when there is none. */
  readonly text: string | undefined;
  /** What the text is. */
  readonly kind: SubmittedBody['kind'] | undefined;
  /** When the resource came as XML: finds its elements there. */
  readonly locator: (() => Locator) | undefined;
  header(name: string): string | undefined;
}

export interface FhirRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base, with `:type`, `:id`, `:version` and `:member`. */
  readonly path: string;
  /** The resource type, when the path names one itself. */
  readonly type?: string;
  /** What the CapabilityStatement claims because of this route. */
  readonly interactions?: readonly InteractionCode[];
  readonly operation?: { readonly code: string; readonly definition: string };
  /** What kind of body it takes; absent: none is read. */
  readonly body?: {
    readonly kind: 'resource' | 'form';
    readonly required: boolean;
    /** Taken as well. */
    readonly or?: SubmittedBody['kind'];
  };
  /** Views of the answer besides the resource: `Accept: application/json; view=NAME`. */
  readonly views?: readonly string[];
  /** Whether it may take long, and so be asked for with `Prefer: respond-async`. */
  readonly asynchronous?: boolean;
  /** Answered without authentication. */
  readonly open?: boolean;
  readonly handle: (services: Services, context: RequestContext, request: FhirRequest) => Promise<Result>;
}

export const resourceBody = { kind: 'resource', required: true } as const;

/** JSON Patch, or a FHIRPath Patch in Parameters. https://hl7.org/fhir/R4/http.html#patch */
export const patchBody = { kind: 'resource', required: true, or: 'json-patch' } as const;

export function patchOf({ kind, text }: Pick<FhirRequest, 'kind' | 'text'>): Patch {
  return { kind: kind === 'json-patch' ? kind : 'fhirpath-patch', text: text! };
}

/** What a write of a resource may say of itself. */
export function writeHeaders(header: FhirRequest['header']) {
  return { ...preconditions(header), provenance: header('x-provenance') };
}

/** https://hl7.org/fhir/R4/http.html#concurrency */
export function preconditions(header: FhirRequest['header']): Preconditions {
  return { ifMatch: header('if-match'), ifNoneMatch: header('if-none-match') };
}
