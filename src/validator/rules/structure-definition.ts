/**
 * A profile as a whole: what it says against its base, and whether its slices can be told apart.
 * https://hl7.org/fhir/R4/profiling.html
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import type { PropertyModel, TypeModel } from '../../fhir/model.ts';
import { isObject } from '../../fhir/resource.ts';
import { equals, fixedValue } from '../checks/fixed.ts';
import { discriminatorSteps } from '../discriminator-path.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule } from '../type-rules.ts';

export const structureDefinitionRule: TypeRule = (resource, context) => {
  const structure = resource as unknown as StructureDefinition;
  const issues: Issue[] = [];
  const elements = structure.differential?.element;
  if (!Array.isArray(elements) || structure.derivation !== 'constraint') return issues;
  const base =
    structure.baseDefinition === undefined ? undefined : context.structure(structure.baseDefinition);
  if (base?.type !== undefined && structure.type !== undefined && base.type !== structure.type) {
    issues.push(ruleIssue('profile-base', 'StructureDefinition.type', base.type));
  }
  elements.forEach((element, index) => {
    if (!isObject(element)) return;
    const path = `StructureDefinition.differential.element[${index}]`;
    issues.push(...fixedIssues(element, base, path), ...profileIssues(element, context, path));
    issues.push(...wideningIssues(element, base, path, context));
    issues.push(...discriminatorIssues(element, context, path));
  });
  return issues;
};

/** A value that the base fixes stays as it is. */
function fixedIssues(
  element: ElementDefinition,
  base: StructureDefinition | undefined,
  path: string,
): Issue[] {
  const own = fixedValue(element);
  const inherited = base?.snapshot?.element?.find(({ id }) => id === (element.id ?? element.path));
  const fixed = inherited && fixedValue(inherited);
  if (own === undefined || fixed === undefined || equals(own, fixed)) return [];
  return [ruleIssue('profile-fixed', path, base?.url ?? '')];
}

const limit = (max: string) => (max === '*' ? Number.POSITIVE_INFINITY : Number(max));

/** What a profile says of an element is no more than its base allows. */
function wideningIssues(
  { id, path, sliceName, min, max, type }: ElementDefinition,
  base: StructureDefinition | undefined,
  place: string,
  { model }: RuleContext,
): Issue[] {
  if (sliceName !== undefined || (id !== undefined && id !== path)) return [];
  const inherited = base?.snapshot?.element?.find((one) => one.path === path && one.sliceName === undefined);
  if (!inherited) return [];
  const issues: Issue[] = [];
  const say = (what: string) => issues.push(ruleIssue('profile-widens', place, what, base?.url ?? ''));
  if (min !== undefined && min < (inherited.min ?? 0)) say('min');
  if (max !== undefined && limit(max) > limit(inherited.max ?? '*')) say('max');
  const codes = (inherited.type ?? []).map(({ code = '' }) => code);
  const isNew = (code: string) => codes.every((one) => one !== code && !model.isA(code, one));
  const isPlain = [...codes, ...(type ?? []).map(({ code = '' }) => code)].every((code) => model.type(code));
  if (isPlain && codes.length > 0 && type?.some(({ code = '' }) => isNew(code))) say('type');
  return issues;
}

/** A profile demanded of a type is one of that type. */
function profileIssues(element: ElementDefinition, { structure, model }: RuleContext, path: string): Issue[] {
  return (element.type ?? []).flatMap(({ code = '', profile = [] }, at) =>
    profile.flatMap((url, index) => {
      const type = structure(url)?.type;
      const fits = type === undefined || code === type || model.isA(type, code) || url.endsWith(`/${code}`);
      const derived =
        type !== undefined && model.type(type)?.kind === 'complex' && code !== 'Resource' && code !== type;
      return fits && !derived
        ? []
        : [ruleIssue('profile-of-type', `${path}.type[${at}].profile[${index}]`, url, code)];
    }),
  );
}

/** The path of a discriminator leads to elements that exist. */
function discriminatorIssues(element: ElementDefinition, context: RuleContext, path: string): Issue[] {
  const discriminators = element.slicing?.discriminator ?? [];
  return discriminators.flatMap(({ path: where = '$this' }, index) => {
    if (leads(element.path ?? '', where, context)) return [];
    return [ruleIssue('discriminator-path', `${path}.slicing.discriminator[${index}]`)];
  });
}

function leads(path: string, where: string, { model }: RuleContext): boolean {
  let types: readonly string[] | undefined = typesAt(path, model);
  for (const step of discriminatorSteps(where)) {
    if (types === undefined || step.kind !== 'child') return true;
    const properties: PropertyModel[] = types.flatMap((type) => model.type(type)?.property(step.name) ?? []);
    if (types.some((type) => model.type(type) === undefined)) return true;
    if (properties.length === 0) return false;
    types = properties.flatMap((property) => property.types);
    if (types.includes('Resource')) return true;
  }
  return true;
}

/** The types of an element by its path; undefined when the model does not know it. */
function typesAt(path: string, model: RuleContext['model']): readonly string[] | undefined {
  const [root = '', ...steps] = path.split('.');
  let types: readonly string[] = [root];
  for (const step of steps) {
    const owners: TypeModel[] = types.flatMap((type) => model.type(type) ?? []);
    const found = owners.flatMap((owner) => owner.property(step.replace('[x]', ''))?.types ?? []);
    if (found.length === 0) return undefined;
    types = found;
  }
  return types;
}
