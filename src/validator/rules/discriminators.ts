/**
 * Whether slices can be told apart: the path of a discriminator leads to elements that exist.
 * https://hl7.org/fhir/R4/profiling.html#discriminator
 */
import type { Issue } from '../../core/issue.ts';
import type { Model } from '../../fhir/model.ts';
import { discriminatorSteps } from '../discriminator-path.ts';
import { ruleIssue } from '../finding.ts';
import type { ElementCase } from './element-case.ts';
import { typesAt } from './element-types.ts';

export function discriminatorIssues({ element, place, context: { model } }: ElementCase): Issue[] {
  const discriminators = element.slicing?.discriminator ?? [];
  return discriminators.flatMap(({ path = '$this' }, index) =>
    leads(element.path ?? '', path, model)
      ? []
      : [ruleIssue('discriminator-path', `${place}.slicing.discriminator[${index}]`)],
  );
}

function leads(from: string, path: string, model: Model): boolean {
  let types = typesAt(from, model);
  for (const step of discriminatorSteps(path)) {
    if (typeof types === 'string' || step.kind !== 'child') return true;
    if (types.some((type) => model.type(type) === undefined)) return true;
    types = types.flatMap((type) => model.type(type)?.property(step.name)?.types ?? []);
    if (types.length === 0) return false;
    if (types.includes('Resource')) return true;
  }
  return true;
}
