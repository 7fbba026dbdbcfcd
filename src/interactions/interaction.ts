/**
 * The shape of every interaction: `(services, context, request) → Promise<Result>`, free of HTTP.
 * https://hl7.org/fhir/R4/http.html
 */
import type { Cache } from '../cache/cache.ts';
import type { Generations } from '../cache/generations.ts';
import type { Clock } from '../core/clock.ts';
import type { IdSource } from '../core/ids.ts';
import type { Issue } from '../core/issue.ts';
import type { Registry } from '../fhir/registry.ts';
import type { Indexer } from '../search/indexer.ts';
import type { SearchParser } from '../search/search-request.ts';
import type { ParametersOf } from '../search/type-parameters.ts';
import type { Store } from '../storage/store.ts';
import type { ValidateMany, Validator } from '../validator/validator.ts';
import type { CustomParameters } from './custom-parameters.ts';
import type { PatchEngine } from './fhirpath-patch.ts';
import type { FollowUp } from './follow-up.ts';
import type { Foresee } from './protocol-withdrawals.ts';
import type { SubsetResource } from './resource-subset.ts';

/** Which profiles a resource must meet to be stored. */
export type ValidationMode = 'base' | 'claimed' | 'required';

/** What interactions work with; wired in `app.ts`. */
export interface Services {
  readonly registry: Registry;
  readonly validator: Validator;
  /** As the validator judges, for what may be large: without holding up other requests. */
  readonly validateMany: ValidateMany;
  readonly validation: ValidationMode;
  /** How many resources a conditional delete may take. */
  readonly conditionalDelete: 'single' | 'multiple';
  readonly indexer: Indexer;
  readonly parseSearch: SearchParser;
  /** The parameters that can be searched by, those of clients among them. */
  readonly parametersOf: ParametersOf;
  readonly customParameters: CustomParameters;
  readonly subsetResource: SubsetResource;
  readonly patchEngine: PatchEngine;
  readonly store: Store;
  readonly cache: Cache;
  readonly generations: Generations;
  /** What follows from writes, in order, within the same unit of work. */
  readonly followUps: readonly FollowUp[];
  /** Looks at what something held up before it is taken away; absent: nobody asks. */
  readonly foresee?: Foresee | undefined;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** `Type/id` of the artefacts of the guide, which clients read and do not write. */
  readonly guide: ReadonlySet<string>;
  /** Whether the elements of a JSON key hold a URI, and so may hold a link. */
  readonly holdsUri: (key: string) => boolean;
  /** What a reference names, without its version: `Type/id` on this server, elsewhere its URL; undefined within. */
  readonly localReference: (reference: string) => string | undefined;
}

/** What one request says about itself, whatever it asks for. */
export interface RequestContext {
  /** Absolute, without a slash at the end. */
  readonly baseUrl: string;
  /** `Prefer: return=…`. https://hl7.org/fhir/R4/http.html#ops */
  readonly preferReturn: 'minimal' | 'representation' | 'OperationOutcome';
  /** `Prefer: handling=…`. https://hl7.org/fhir/R4/search.html#errors */
  readonly handling: 'strict' | 'lenient';
  /** Another view of the answer than the resource, of an operation that has one: `view` of the media type asked for. */
  readonly view?: string;
  /** Whether a search is to say how it was answered. */
  readonly explain?: boolean;
}

/** An answer, before it is rendered. */
export interface Result {
  readonly status: number;
  /** JSON text of a resource. */
  readonly body?: string | Buffer;
  /** Findings to answer with, as an OperationOutcome, when there is no body or the client asked for them. */
  readonly issues?: readonly Issue[];
  /** For ETag: `W/"3"`. */
  readonly version?: number;
  /** For Last-Modified, milliseconds since the epoch. */
  readonly updated?: number;
  /** Absolute URL of the new version. */
  readonly location?: string;
  /** Absolute URL of the version that was read. */
  readonly contentLocation?: string;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For X-Cache. Absent: the answer does not come from a cacheable interaction. */
  readonly cache?: 'hit' | 'miss' | 'bypass';
}
