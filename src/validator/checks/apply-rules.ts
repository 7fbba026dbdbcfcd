/** Runs the rules of a resource's type and takes their findings into the walk. */
import type { ValueSet } from '@medplum/fhirtypes';
import type { Resource } from '../../fhir/resource.ts';
import type { Compilation } from '../compilation.ts';
import { type Run, report } from '../run.ts';
import type { RuleContext, TypeRule, TypeRules } from '../type-rules.ts';
import type { RunJudge } from './expression.ts';
import { findCanonical } from './find-canonical.ts';

export type RulesCheck = (run: Run) => void;

export function rulesCheck(
  rules: readonly TypeRules[],
  compilation: Compilation,
  judge: RunJudge,
): RulesCheck {
  const { registry, terminology } = compilation;
  const byType = new Map<string, TypeRule[]>();
  for (const table of rules) {
    for (const [type, own] of Object.entries(table)) byType.set(type, [...(byType.get(type) ?? []), ...own]);
  }
  const everywhere: Omit<RuleContext, 'find' | 'judgeExpression'> = {
    memberOf: (valueSet, coding) => terminology.contains(valueSet, coding),
    codeIn: (valueSet, code) => terminology.containsCode(valueSet, code),
    memberIn: (valueSet, coding) => terminology.containedIn(valueSet as unknown as ValueSet, coding),
    codeExists(system, code) {
      if (terminology.content(system) !== 'complete') return undefined;
      return terminology.lookup(system, code)?.found;
    },
    codeSystem: (canonical) => registry.codeSystem(canonical),
    valueSet: (canonical) => registry.valueSet(canonical),
    isKnown: (canonical) => registry.isKnown(canonical),
    searchParameter: (canonical) => registry.searchParameter(canonical),
    isValueSet: (canonical) =>
      registry.codeSystem(canonical) === undefined && registry.valueSet(canonical) !== undefined,
    structure: (canonical) => compilation.structure(canonical),
    model: registry.model,
  };
  return (run) => {
    const { type, resource } = run.scope;
    const own = byType.get(type);
    if (own === undefined) return;
    const context: RuleContext = {
      ...everywhere,
      find: (canonical, wanted) => findCanonical(canonical, wanted, run, registry),
      judgeExpression: (text, focus) => judge(run, text, focus),
    };
    for (const rule of own) {
      for (const { key, severity, code, text, expression } of rule(resource as Resource, context)) {
        report(run, { key, severity, code, text, path: (expression ?? type).slice(type.length + 1) });
      }
    }
  };
}
