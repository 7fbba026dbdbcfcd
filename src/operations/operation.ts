/**
 * The shape of every operation: what it is called, where it is asked for, and what it does.
 * https://hl7.org/fhir/R4/operations.html
 *
 * To add one:
 * 1. Its OperationDefinition: one of HL7's, or a new file in `profiles/operation-definitions`.
 * 2. A file here, named after what it does, with `export const <name>: Operation = { … }`.
 * 3. A row in the table `operations.ts`. Router, CapabilityStatement, OpenAPI and batches read it from there.
 * 4. In `handle`, `givenValue(parameters, 'start')` and `givenValues(parameters, 'rule')` give what was asked: names, types
 *    and cardinalities were held against the definition, in the query of a GET as in the Parameters of a POST.
 * 5. The answer: `parametersResult(definition, [{ name: 'return', value }])`, or any Result, such as a Bundle's.
 * 6. A test in `test/operations` that asks for it over HTTP.
 */
import type { OperationDefinition, OperationDefinitionParameter } from '@medplum/fhirtypes';
import type { Issue } from '../core/issue.ts';
import type { Locator } from '../fhir/json-locator.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import type { Parameters } from '../interactions/search.ts';
import type { Position } from '../search/plan.ts';
import type { GivenParameter } from './read-parameters.ts';

/** Where an operation is asked for: [base]/$code, [base]/[type]/$code, [base]/[type]/[id]/$code. */
export type OperationLevel = 'system' | 'type' | 'instance';

interface OperationHead {
  /** What follows the `$`. */
  readonly code: string;
  readonly levels: readonly OperationLevel[];
  /** Levels at which there is nothing to work on but a body, and so no GET. */
  readonly needsBody?: readonly OperationLevel[];
  /** The types it is asked of, at the levels of a type and of an instance; empty: every type. */
  readonly resources: readonly string[];
  /** Whether anything may be different afterwards: then it takes no GET. */
  readonly affectsState: boolean;
  /** Canonical of its OperationDefinition. */
  readonly definition: string;
  /** Views that it has besides the resource, asked for with `Accept: application/json; view=NAME`. */
  readonly views?: readonly string[];
}

/** Whether an answer may be asked for with `Prefer: respond-async`, because it can take long. */
interface Asynchronous {
  readonly asynchronous?: boolean;
}

export interface OperationRequest {
  /** Empty at system level. */
  readonly type: string;
  /** Empty but at instance level. */
  readonly id: string;
  readonly parameters: readonly GivenParameter[];
  /** What else was asked, of an operation that takes the parameters of a search. */
  readonly search: Parameters;
  /** What was ignored, under lenient handling. */
  readonly issues: readonly Issue[];
  readonly definition: OperationDefinition;
  /** Where it was asked for, below the base. */
  readonly path: string;
  /** Where the page before ended; absent: the first page is asked for. */
  readonly position: Position | undefined;
}

/** A request as it came. */
export interface SubmittedRequest {
  readonly type: string;
  readonly id: string;
  /** Decoded pairs of name and value. */
  readonly query: Parameters;
  /** JSON text of the body. */
  readonly text: string | undefined;
  /** When the body was not submitted as JSON: finds elements in what was. */
  readonly locator: (() => Locator) | undefined;
}

type Handle<Request> = (services: Services, context: RequestContext, request: Request) => Promise<Result>;

interface ByDefinition {
  readonly handle: Handle<OperationRequest>;
  /** Parameters that it takes besides those of its definition: of other versions of it. */
  readonly also?: readonly OperationDefinitionParameter[];
  /** Whether it takes search parameters besides those of its definition. */
  readonly takesSearch?: boolean;
  /** Whether it answers page by page. */
  readonly paged?: boolean;
}

/** One that is more exact about its input than a definition can be. */
interface BySubmission {
  readonly handleSubmitted: Handle<SubmittedRequest>;
}

export type Operation = OperationHead & Asynchronous & (ByDefinition | BySubmission);
