/**
 * How a definition derives from its base, and of which type it is: a profile of the type and kind of its base, or a
 * type of its own. Only logical models have types that R4 does not.
 * https://hl7.org/fhir/R4/structuredefinition-definitions.html#StructureDefinition.type
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import type { Model } from '../../fhir/model.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext } from '../type-rules.ts';
import { typesAt } from './element-types.ts';

const ofStandard = 'http://hl7.org/fhir/StructureDefinition/';

export function derivationIssues(
  structure: StructureDefinition,
  base: StructureDefinition | undefined,
  context: RuleContext,
): Issue[] {
  const { derivation, baseDefinition, type } = structure;
  if (baseDefinition !== undefined && derivation === undefined)
    return [ruleIssue('profile-derivation', 'StructureDefinition')];
  const issues = typeIssues(structure, context);
  if (base === undefined) return issues;
  if (derivation === 'constraint') return [...issues, ...profileIssues(structure, base)];
  if (derivation === 'specialization' && base.type === type)
    return [...issues, ruleIssue('profile-derivation', 'StructureDefinition.type')];
  return base.abstract === false ? [...issues, ...kindIssues(structure, base)] : issues;
}

function profileIssues(structure: StructureDefinition, base: StructureDefinition): Issue[] {
  const { type } = structure;
  const isOther = base.type !== undefined && type !== undefined && base.type !== type;
  return [
    ...(isOther ? [ruleIssue('profile-base', 'StructureDefinition.type', base.type)] : []),
    ...kindIssues(structure, base),
  ];
}

const kindIssues = ({ kind }: StructureDefinition, base: StructureDefinition): Issue[] =>
  base.kind === undefined || kind === undefined || base.kind === kind
    ? []
    : [ruleIssue('profile-base', 'StructureDefinition.kind', base.kind)];

function typeIssues(
  { type, kind, derivation, url }: StructureDefinition,
  { structure, model }: RuleContext,
): Issue[] {
  if (typeof type !== 'string') return [];
  const place = 'StructureDefinition.type';
  if (type.includes(':'))
    return kind === undefined || kind === 'logical' ? [] : [ruleIssue('profile-type-unknown', place)];
  // A data element has the path of the element that it stands for.
  const isKnown = structure(ofStandard + type) !== undefined || (type.includes('.') && !isNone(type, model));
  if (!isKnown) return [ruleIssue('profile-type-unknown', place)];
  const isOwn = derivation !== 'constraint' && !String(url).startsWith(ofStandard);
  return isOwn ? [ruleIssue('profile-derivation', place)] : [];
}

const isNone = (path: string, model: Model) => typesAt(path, model) === 'none';
