/**
 * Where the base demands codes of a value set, a profile binds to fewer of them, not to others. Codes that a value set
 * lists, or that its code systems have, are looked up; of others nothing is said.
 * https://hl7.org/fhir/R4/profiling.html#binding
 */
import type { CodeSystemConcept, ValueSet } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { objectsOf } from '../../fhir/resource.ts';
import type { Coding } from '../../terminology/terminology.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext } from '../type-rules.ts';
import type { ElementCase } from './element-case.ts';

/** Definitions come from clients: no more codes are looked up than take no time. */
const most = 2000;

export function subsetIssues({ element, types, inherited, base, place, context }: ElementCase): Issue[] {
  const was = inherited?.binding;
  const own = element.binding?.valueSet;
  if (was?.strength !== 'required' || was.valueSet === undefined || own === undefined || own === was.valueSet)
    return [];
  const valueSet = context.valueSet(own);
  const allowed = was.valueSet;
  const isPlain = types?.every((type) => type === 'code') ?? false;
  // A plain code has no system: it is one of those allowed whatever system that is of.
  const isAllowed = ({ code = '', ...coding }: Coding) =>
    isPlain ? context.codeIn(allowed, code) : context.memberOf(allowed, { code, ...coding });
  const isOther = (coding: Coding) =>
    context.memberOf(own, coding) === 'member' && isAllowed(coding) === 'not-member';
  return valueSet && codesOf(valueSet, context).some(isOther)
    ? [ruleIssue('profile-widens', place, 'binding', base?.url ?? '')]
    : [];
}

function codesOf({ compose }: ValueSet, context: RuleContext): Coding[] {
  const codes: Coding[] = [];
  for (const { system, concept, filter, valueSet } of objectsOf(compose?.include)) {
    if (typeof system !== 'string' || filter !== undefined || valueSet !== undefined) continue;
    add(concept ?? context.codeSystem(system)?.concept, system);
  }
  return codes;

  function add(concepts: unknown, system: string): void {
    for (const { code, concept } of objectsOf(concepts) as Partial<CodeSystemConcept>[]) {
      if (codes.length >= most) return;
      codes.push({ system, code });
      add(concept, system);
    }
  }
}
