/**
 * A profile as a whole: it fits its base, and every element it speaks of exists there and is narrowed, not widened.
 * https://hl7.org/fhir/R4/profiling.html, https://hl7.org/fhir/R4/structuredefinition.html
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { isObject } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule } from '../type-rules.ts';
import { subsetIssues } from './binding-subset.ts';
import { constraintIssues } from './constraint-expressions.ts';
import { constraintKeyIssues, constraintSourceIssues } from './constraint-keys.ts';
import { derivationIssues } from './derivation.ts';
import { discriminatorIssues } from './discriminators.ts';
import type { ElementCase } from './element-case.ts';
import { meaningIssues, memberIssues } from './element-members.ts';
import { orderIssues } from './element-order.ts';
import { typesAt } from './element-types.ts';
import { bindingIssues, valueTypeIssues } from './element-values.ts';
import { contextIssues } from './extension-contexts.ts';
import { idOf, inheritedElements } from './inherited-elements.ts';
import { fixedIssues, markIssues, rangeIssues, targetIssues, wideningIssues } from './narrowing.ts';
import { isReadable } from './readable.ts';
import { sliceIssues } from './slices.ts';
import { slicingOfBaseIssues } from './slicing-of-base.ts';
import { snapshotIssues } from './snapshot-elements.ts';
import { profileIssues, targetKindIssues, typeIssues } from './type-profiles.ts';
import { typeSliceIssues } from './type-slices.ts';

type ElementRule = (one: ElementCase) => Issue[];

const ofAny: readonly ElementRule[] = [
  constraintIssues,
  valueTypeIssues,
  bindingIssues,
  memberIssues,
  profileIssues,
  targetKindIssues,
];
const ofProfiles: readonly ElementRule[] = [
  fixedIssues,
  wideningIssues,
  markIssues,
  rangeIssues,
  targetIssues,
  subsetIssues,
  meaningIssues,
  discriminatorIssues,
  typeIssues,
  choiceIssues,
];

/** What the generated part of a profile may get wrong by itself. */
const ofSnapshots: readonly ElementRule[] = [
  valueTypeIssues,
  bindingIssues,
  memberIssues,
  wideningIssues,
  typeIssues,
];

const extension = 'http://hl7.org/fhir/StructureDefinition/Extension';

export const structureDefinitionRule: TypeRule = (resource, context) => {
  if (!isReadable(resource, 'StructureDefinition', context.model)) return [];
  const structure = resource as unknown as StructureDefinition;
  const part = structure.differential === undefined ? 'snapshot' : 'differential';
  const elements = structure[part]?.element;
  if (!Array.isArray(elements)) return contextIssues(structure, context);
  const isProfile = structure.derivation === 'constraint';
  const base = isProfile ? baseOf(structure, context) : undefined;
  const rules = isProfile ? [...ofAny, ...ofProfiles] : ofAny;
  const issues = [
    ...contextIssues(structure, context),
    ...derivationIssues(structure, baseOf(structure, context), context),
  ];
  if (part === 'differential') {
    const place = `StructureDefinition.${part}.element`;
    issues.push(...orderIssues(elements, place, context.model));
    if (isProfile) {
      issues.push(
        ...sliceIssues(elements, base, inheritedElements(base, elements, context), place),
        ...slicingOfBaseIssues(elements, base, place),
        ...typeSliceIssues(elements, place),
        ...constraintKeyIssues(elements, base?.snapshot?.element ?? [], place),
        ...constraintSourceIssues(structure, place),
      );
    }
  }
  issues.push(...extensionUrlIssues(structure, elements, part));
  issues.push(...elementIssues(structure, part, rules, base, context));
  // What is wrong with the differential shows in the snapshot once more.
  if (structure.snapshot === undefined || (part === 'differential' && issues.length > 0)) return issues;
  issues.push(...snapshotIssues(structure));
  issues.push(
    ...constraintKeyIssues(structure.snapshot.element ?? [], [], 'StructureDefinition.snapshot.element'),
  );
  return part === 'snapshot' || !isProfile
    ? issues
    : [...issues, ...elementIssues(structure, 'snapshot', ofSnapshots, base, context)];
};

/** What rules say of each element of a differential or a snapshot. */
function elementIssues(
  structure: StructureDefinition,
  part: 'differential' | 'snapshot',
  rules: readonly ElementRule[],
  base: StructureDefinition | undefined,
  context: RuleContext,
): Issue[] {
  const elements = structure[part]?.element ?? [];
  const inherited = inheritedElements(base, elements, context);
  return elements.flatMap((element, index) => {
    if (!isObject(element) || typeof element.path !== 'string') return [];
    const place = `StructureDefinition.${part}.element[${index}]`;
    const found = typesAt(element.path, context.model);
    if (found === 'none')
      return structure.derivation === 'constraint' ? [ruleIssue('profile-path', `${place}.path`)] : [];
    const own = (element.type ?? []).map(({ code = '' }) => code).filter((code) => context.model.type(code));
    const types = own.length > 0 ? own : found === 'unknown' ? undefined : found;
    const id = idOf(element);
    const holder = inherited.types(id.slice(0, id.lastIndexOf('.')));
    const one = { element, types, inherited: inherited.element(id), holder, base, place, context };
    return rules.flatMap((rule) => rule(one));
  });
}

/** The url of an extension is that of its definition; a profile of an extension keeps the one it derives from. */
function extensionUrlIssues(
  { baseDefinition, derivation, url }: StructureDefinition,
  elements: readonly ElementDefinition[],
  part: string,
): Issue[] {
  if (baseDefinition !== extension || derivation !== 'constraint') return [];
  const at = elements.findIndex((one) => isObject(one) && (one.id ?? one.path) === 'Extension.url');
  const { fixedUri, patternUri } = elements[at] ?? {};
  const stated = fixedUri ?? patternUri;
  if (stated === url) return [];
  const place = stated === undefined ? '' : `.${part}.element[${at}].fixed`;
  return [ruleIssue('extension-own-url', `StructureDefinition${place}`)];
}

function baseOf({ baseDefinition }: StructureDefinition, context: RuleContext) {
  return baseDefinition === undefined ? undefined : context.structure(baseDefinition);
}

/** What every type has, whatever a choice holds. */
const ofEveryType = /\.(?:id|extension)(?::[^.]*)?$/;

/** What a choice holds is entered when the profile has said of which type it is. */
function choiceIssues({ element, holder, place }: ElementCase): Issue[] {
  return holder.length < 2 || ofEveryType.test(idOf(element))
    ? []
    : [ruleIssue('profile-path', `${place}.path`)];
}
