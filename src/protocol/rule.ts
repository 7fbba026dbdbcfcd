/**
 * The shape of a rule that looks across the resources of a course. Key and words come from the guide's kat-rule code
 * system, so that rule, page of the guide, finding and test share one name.
 */
import type { QuestionnaireResponse, Resource } from '@medplum/fhirtypes';
import type { Course } from './course.ts';
import type { RuleParameter, RuleParameters } from './rule-parameters.ts';

export type RuleSeverity = 'error' | 'warning' | 'information';

/**
 * How a rule stands for one occasion: `pass` and `fail` say what they mean; `not-yet` what is still to come and not
 * late; `not-applicable` what the rule has nothing to say about; `overridden` a breach with a recorded reason.
 */
export type VerdictStatus = 'pass' | 'fail' | 'not-applicable' | 'not-yet' | 'overridden';

export interface Verdict {
  readonly status: VerdictStatus;
  /** Of a breach. */
  readonly severity: RuleSeverity;
  /** What was found, in words, without values that identify a patient. */
  readonly text: string;
  /** References `Type/id` to what the breach makes wrong: writing one of them with the breach is what is refused. */
  readonly resources: readonly string[];
  /** References to what the verdict rests on besides. */
  readonly evidence?: readonly string[];
  /** The parameter that decided. */
  readonly parameter?: RuleParameter;
  /** What would satisfy the rule, in words. */
  readonly satisfy?: string;
  /** Milliseconds since the epoch: until when something is due, for `not-yet`. */
  readonly due?: number;
  /** Reference to the recorded deviation, for `overridden`. */
  readonly deviation?: string;
}

/** What a rule is given besides the course. */
export interface RuleContext {
  readonly parameters: RuleParameters;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether a code is in a value set; absent: no terminology is at hand. */
  readonly memberOf?: MemberOf;
  /** Canonical URLs of value sets that the parameters name and that are not known here. */
  readonly unknownLists?: ReadonlySet<string>;
  /** How grave a response answers the question for suicidal thoughts; absent: no forms are at hand. */
  readonly suicideItemOf?: SuicideItemOf;
  /** On a write: what is written, by reference. Verdicts that name none of it are not asked for. */
  readonly written?: ReadonlyMap<string, Resource>;
}

export type MemberOf = (valueSet: string, system: string | undefined, code: string | undefined) => boolean;

/** What the answer counts by its form; undefined when the form does not ask, or nothing was answered. */
export type SuicideItemOf = (response: QuestionnaireResponse) => Promise<number | undefined>;

export interface ProtocolRule {
  /** `R01` … `R22` */
  readonly key: string;
  /** Types of what a breach may make wrong: of the resources that its verdicts name. */
  readonly on: readonly string[];
  /** Which resources of these types a breach may name; absent: any. */
  readonly concerns?: (resource: Resource) => boolean;
  /** One verdict for each occasion (a session, a dose …), at least one. Reads through the course only. */
  check(course: Course, context: RuleContext): Promise<Verdict[]>;
}
