/**
 * The criteria of a Subscription: a search of a resource type. A URL names the topic of a later version.
 * https://hl7.org/fhir/R4/subscription-definitions.html#Subscription.criteria
 */
import { ruleIssue } from '../finding.ts';
import type { TypeRule } from '../type-rules.ts';

const searched = /^([A-Za-z]+)(?:\?|$)/;

export const subscriptionRule: TypeRule = ({ criteria }, { model }) => {
  const [, type] = typeof criteria === 'string' ? (searched.exec(criteria) ?? []) : [];
  return type === undefined || model.type(type)?.kind === 'resource'
    ? []
    : [ruleIssue('subscription-criteria', 'Subscription.criteria')];
};
