/**
 * Whether slices can be told apart: the path of a discriminator leads to elements that exist.
 * https://hl7.org/fhir/R4/profiling.html#discriminator
 */
import type { Issue } from '../../core/issue.ts';
import type { Model } from '../../fhir/model.ts';
import { discriminatorSteps, type Step } from '../discriminator-path.ts';
import { ruleIssue } from '../finding.ts';
import type { ElementCase } from './element-case.ts';
import { typesAt } from './element-types.ts';

export function discriminatorIssues({ element, place, context }: ElementCase): Issue[] {
  const discriminators = element.slicing?.discriminator ?? [];
  return discriminators.flatMap(({ path = '$this' }, index) => {
    const at = `${place}.slicing.discriminator[${index}]`;
    // `value[x]` is no FHIRPath, and yet what is written.
    const verdict = context.judgeExpression(path.replaceAll('[x]', ''), undefined);
    if (verdict === 'not-judged') return [ruleIssue('expression-not-judged', at)];
    const isPath = verdict === 'fine' && leads(element.path ?? '', path, context.model);
    return isPath ? [] : [ruleIssue('discriminator-path', at)];
  });
}

function leads(from: string, path: string, model: Model): boolean {
  let types = typesAt(from, model);
  for (const step of discriminatorSteps(path)) {
    if (typeof types === 'string' || step.kind === 'resolve') return true;
    if (types.some((type) => model.type(type) === undefined)) return true;
    types = follow(types, step, model);
    if (types.length === 0) return false;
    if (types.includes('Resource')) return true;
  }
  return true;
}

function follow(types: readonly string[], { kind, name }: Step, model: Model): readonly string[] {
  if (kind === 'extension') return ['Extension'];
  if (kind === 'ofType') return types.some((type) => model.isA(name, type)) ? [name] : [];
  return types.flatMap((type) => model.type(type)?.property(name)?.types ?? []);
}
