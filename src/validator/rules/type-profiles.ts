/**
 * The types that an element is given: they exist, their profiles are of them, and what a reference or a canonical URL
 * is to lead to is a resource, and one that has such a URL.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext } from '../type-rules.ts';
import type { ElementCase } from './element-case.ts';

/** A profile demanded of a type is one of that type; that of an extension changes meaning where it has to. */
export function profileIssues({ element, place, context }: ElementCase): Issue[] {
  return (element.type ?? []).flatMap(({ code = '', profile = [] }, at) =>
    profile.flatMap((url, index): Issue[] => {
      const structure = context.structure(url);
      const where = `${place}.type[${at}].profile[${index}]`;
      if (!isOfType(url, structure, code, context)) return [ruleIssue('profile-of-type', where, url, code)];
      return structure === undefined ? [] : modifierIssues(structure, element.path ?? '', where);
    }),
  );
}

function isOfType(
  url: string,
  structure: StructureDefinition | undefined,
  code: string,
  { model }: RuleContext,
): boolean {
  const type = structure?.type;
  const fits = type === undefined || code === type || model.isA(type, code) || url.endsWith(`/${code}`);
  const derived =
    type !== undefined && model.type(type)?.kind === 'complex' && code !== 'Resource' && code !== type;
  return fits && !derived;
}

/** https://hl7.org/fhir/R4/extensibility.html#modifierExtension */
function modifierIssues({ type, url, snapshot }: StructureDefinition, path: string, place: string): Issue[] {
  if (type !== 'Extension' || snapshot === undefined) return [];
  const isModifier = snapshot.element?.[0]?.isModifier === true;
  const isHeld = /(?:^|\.)modifierExtension$/.test(path);
  if (isModifier === isHeld || !/xtension$/.test(path)) return [];
  return [ruleIssue(isModifier ? 'extension-modifier' : 'extension-not-modifier', place, url ?? '')];
}

/** What a reference is to lead to is a resource; what a canonical URL is to lead to has one. */
export function targetKindIssues({ element, place, context }: ElementCase): Issue[] {
  return (element.type ?? []).flatMap(({ code = '', targetProfile = [] }, at) =>
    targetProfile.flatMap((url, index) => {
      const structure = context.structure(url);
      const fits = structure === undefined || (targets[code]?.(structure, context) ?? true);
      return fits
        ? []
        : [ruleIssue('profile-of-type', `${place}.type[${at}].targetProfile[${index}]`, url, code)];
    }),
  );
}

const targets: Readonly<Record<string, (structure: StructureDefinition, context: RuleContext) => boolean>> = {
  Reference: ({ kind }) => kind === 'resource' || kind === 'logical',
  canonical: ({ kind, type = '' }, { model }) =>
    kind === 'logical' ||
    type === 'Resource' ||
    type === 'DomainResource' ||
    type === 'NamingSystem' ||
    model.type(type)?.property('url')?.types.includes('uri') === true,
};

/** The code of a type is the name of a type, or the URL of one that is defined elsewhere. */
export function typeIssues({ element, place, context: { model } }: ElementCase): Issue[] {
  return (element.type ?? []).flatMap(({ code = '' }, at) =>
    model.type(code) || code.includes(':')
      ? []
      : [ruleIssue('profile-type-unknown', `${place}.type[${at}].code`)],
  );
}
