/**
 * What a CapabilityStatement says of a resource type: profiles are for it, search parameters are of the type that
 * their definitions say.
 * https://hl7.org/fhir/R4/capabilitystatement-definitions.html#CapabilityStatement.rest.resource.searchParam.type
 */
import type { Issue } from '../../core/issue.ts';
import { objectsOf } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule } from '../type-rules.ts';

type Element = Record<string, unknown>;

interface Placed {
  readonly element: Element;
  readonly place: string;
}

/** The elements of a list, and where they stand. */
const placed = (value: unknown, place: string): Placed[] =>
  objectsOf(value).map((element, index) => ({ element, place: `${place}[${index}]` }));

export const capabilityStatementRule: TypeRule = ({ rest }, context) =>
  placed(rest, 'CapabilityStatement.rest')
    .flatMap(({ element, place }) => placed(element.resource, `${place}.resource`))
    .flatMap((resource) => [...searchIssues(resource, context), ...profileIssues(resource, context)]);

function searchIssues({ element, place }: Placed, context: RuleContext): Issue[] {
  return placed(element.searchParam, `${place}.searchParam`).flatMap((parameter) => {
    const { definition, type } = parameter.element;
    const defined = typeof definition === 'string' ? context.searchParameter(definition)?.type : undefined;
    return defined === undefined || type === undefined || type === defined
      ? []
      : [ruleIssue('capability-search-type', `${parameter.place}.type`, defined)];
  });
}

function profileIssues({ element, place }: Placed, { structure, model }: RuleContext): Issue[] {
  const { type, profile, supportedProfile } = element;
  if (typeof type !== 'string') return [];
  const isOther = (url: unknown) => {
    const of = typeof url === 'string' ? structure(url)?.type : undefined;
    return of !== undefined && of !== type && !model.isA(type, of);
  };
  return [
    ...(isOther(profile) ? [ruleIssue('profile-of-type', `${place}.profile`, String(profile), type)] : []),
    ...(Array.isArray(supportedProfile) ? supportedProfile : []).flatMap((url, index) =>
      isOther(url)
        ? [ruleIssue('profile-of-type', `${place}.supportedProfile[${index}]`, String(url), type)]
        : [],
    ),
  ];
}
