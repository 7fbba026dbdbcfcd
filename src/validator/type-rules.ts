/**
 * Rules of one resource type that no definition states: a response against its questionnaire, a report against its
 * measure. They are functions passed in by name of the type; the validator gives them what they may ask for.
 */
import type { CodeSystem, SearchParameter, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import type { Issue } from '../core/issue.ts';
import type { Model } from '../fhir/model.ts';
import type { Resource } from '../fhir/resource.ts';
import type { ExpressionJudge } from '../fhirpath/expression-fault.ts';
import type { Coding, Membership } from '../terminology/terminology.ts';

/** What a rule may ask of its surroundings. */
export interface RuleContext {
  /** A resource by canonical URL (`url`, `url|version`) or by fragment: contained, supporting, or of the guide. */
  find(canonical: string, type: string): Resource | undefined;
  memberOf(valueSet: string, coding: Coding): Membership;
  /** Membership of a code whose system is not said. */
  codeIn(valueSet: string, code: string): Membership;
  /** Membership in a value set that is at hand itself. */
  memberIn(valueSet: Resource, coding: Coding): Membership;
  /** Whether a code system has a code; undefined when its content is not known in full. */
  codeExists(system: string, code: string): boolean | undefined;
  codeSystem(canonical: string): CodeSystem | undefined;
  valueSet(canonical: string): ValueSet | undefined;
  isValueSet(canonical: string): boolean;
  /** Whether a canonical means any definition at all. */
  isKnown(canonical: string): boolean;
  searchParameter(canonical: string): SearchParameter | undefined;
  structure(canonical: string): StructureDefinition | undefined;
  readonly model: Model;
  readonly judgeExpression: ExpressionJudge;
}

/** Findings with expressions that begin with the resource type. */
export type TypeRule = (resource: Resource, context: RuleContext) => readonly Issue[];

/** By resource type. */
export type TypeRules = Readonly<Record<string, readonly TypeRule[]>>;
