/**
 * The validator as the rest of the house sees it.
 * https://hl7.org/fhir/R4/validation.html
 */
import type { Issue } from '../core/issue.ts';
import type { Spelling } from '../fhir/json-source.ts';
import type { Resource } from '../fhir/resource.ts';

export interface ValidationOptions {
  /** Profiles to check besides those in `meta.profile`. */
  readonly profiles?: readonly string[];
  /** Whether `meta.profile` counts. Default true. */
  readonly claimedProfiles?: boolean;
  /** How serious a profile that is not known is. Default `warning`. */
  readonly unknownProfile?: 'error' | 'warning';
  /** How serious an extension without a known definition is. Default `warning`; HL7's own validator says `error`. */
  readonly unknownExtension?: 'error' | 'warning' | 'information';
  /** Whether extensions and URLs of example domains are let pass. Default true. */
  readonly exampleUrls?: boolean;
  /** Whether advice (constraints marked as best practice) is given, as information. Default false. */
  readonly bestPractice?: boolean;
  /** Resources that references and canonicals may lead to, besides those in the resource itself. */
  readonly supporting?: readonly Resource[];
  /** Whether resources in `contained` are checked. Default true. */
  readonly contained?: boolean;
  /**
   * How far references to other resources are followed, into `supporting` and `resolve`. `ignore`, the default: only
   * inside the resource. `exist`: a target that is not found is an error. `conform`: a target that is found is an
   * error when it cannot be shown to conform to the profiles its element demands.
   */
  readonly references?: 'ignore' | 'exist' | 'conform';
  /** Finds the target of a reference outside of the resource. */
  readonly resolve?: (reference: string) => Resource | undefined;
  /** The present, milliseconds since the epoch. Absent: the system clock. */
  readonly now?: number;
  /**
   * The JSON text that the resource was parsed from, where it is at hand: what it cannot hold is not looked for in the
   * values. Without it, `1.0` is not told from `1`, all other findings are the same.
   */
  readonly text?: string | undefined;
  /** What `readJson` found the text to be like; absent: it is looked at again. */
  readonly spelling?: Spelling;
  /** Whether absent must-support elements of profiles are listed, as information. Default false. */
  readonly mustSupport?: boolean;
}

export interface Validator {
  /**
   * Checks a parsed resource against its R4 definition and its profiles.
   * @returns findings in document order, without positions in the text; empty when there is nothing to say
   */
  validate(resource: unknown, options?: ValidationOptions): Issue[];
}

/** A resource together with the text it was parsed from, where that is at hand. */
export interface SourcedResource {
  readonly resource: Resource;
  readonly text?: string | undefined;
}

/**
 * Checks many resources, each for itself, without keeping the event loop from its other work.
 * @returns findings of each resource as `validate` gives them, in the order of the resources
 */
export type ValidateMany = (
  resources: readonly SourcedResource[],
  options?: Omit<ValidationOptions, 'resolve'>,
) => Promise<Issue[][]>;
