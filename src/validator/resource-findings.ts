/**
 * What the validator can say of resources of single types: bundles, reports, code systems, value sets and profiles.
 * https://hl7.org/fhir/R4/validation.html
 */
import type { FindingRow } from './finding.ts';

export const resourceFindings = {
  'bundle-fullurl-relative': { severity: 'error', code: 'invalid', text: 'fullUrl is an absolute URL' },
  'bundle-fullurl-missing': { severity: 'error', code: 'required', text: 'The entry needs a fullUrl' },
  'bundle-fullurl-id': {
    severity: 'warning',
    code: 'invalid',
    text: 'The fullUrl does not end in the type and id of its resource',
  },
  'bundle-link': {
    severity: 'error',
    code: 'invalid',
    text: 'A {0} bundle has no pages: a link cannot be to the first, previous, next or last',
  },
  'bundle-link-duplicate': {
    severity: 'error',
    code: 'invalid',
    text: 'There is another link of this relation',
  },
  'bundle-request-type': {
    severity: 'error',
    code: 'invalid',
    text: 'The request is for another type than that of the resource',
  },
  'bundle-request-id': {
    severity: 'error',
    code: 'invalid',
    text: 'An update has the id of its resource in its URL',
  },
  'bundle-search-entry': { severity: 'error', code: 'invalid', text: 'A {0} of a search is {1}' },
  'bundle-unreachable': {
    severity: 'error',
    code: 'informational',
    text: 'No references lead from the Composition to this entry, or from it to what the Composition leads to',
  },
  'bundle-entry-missing': { severity: 'error', code: 'invalid', text: 'A {0} bundle needs {1}' },
  'report-subjects': {
    severity: 'error',
    code: 'business-rule',
    text: 'Only a report of type subject-list lists subjects',
  },
  'report-score': {
    severity: 'error',
    code: 'business-rule',
    text: 'A measure that scores a cohort has no score',
  },
  'report-unknown-part': { severity: 'error', code: 'business-rule', text: 'The measure has no such {0}' },
  'report-missing-part': {
    severity: 'error',
    code: 'business-rule',
    text: 'A {0} of the measure is not reported',
  },
  'code-system-content': {
    severity: 'error',
    code: 'business-rule',
    text: 'What supplements a code system has the content supplement, and says which it supplements',
  },
  'supplement-element': {
    severity: 'error',
    code: 'business-rule',
    text: 'A supplement does not say {0}: the code system that it supplements does',
  },
  'code-system-property': { severity: 'error', code: 'invalid', text: 'The property is {0}' },
  'code-system-count': {
    severity: 'error',
    code: 'invalid',
    text: 'The count is not that of the concepts: all of a complete code system, no fewer of another',
  },
  'code-system-parent': {
    severity: 'error',
    code: 'code-invalid',
    text: 'The code system has no concept of this code',
  },
  'code-system-value-set': {
    severity: 'error',
    code: 'business-rule',
    text: 'The value set of a code system includes that system as a whole and nothing else',
  },
  'search-derived': {
    severity: 'error',
    code: 'business-rule',
    text: 'The search parameter that this one derives from has {0}',
  },
  'own-url-relative': { severity: 'error', code: 'invalid', text: 'The URL of a definition is absolute' },
  'definition-range': {
    severity: 'error',
    code: 'invalid',
    text: 'Smallest and largest number are no range: the largest is * or a number that is not below the smallest',
  },
  'operation-parameter': {
    severity: 'error',
    code: 'duplicate',
    text: 'Another parameter of the same direction has this name',
  },
  'operation-overload': {
    severity: 'error',
    code: 'not-found',
    text: 'The operation has no parameter of this name',
  },
  'capability-search-type': {
    severity: 'error',
    code: 'invalid',
    text: 'The search parameter is defined with another type: {0}',
  },
  'subscription-criteria': {
    severity: 'error',
    code: 'invalid',
    text: 'The criteria search a resource type that R4 does not have',
  },
  'code-system-not-present': {
    severity: 'error',
    code: 'invalid',
    text: 'The code system says that its content is not present, but has concepts',
  },
  'map-code': {
    severity: 'warning',
    code: 'code-invalid',
    text: 'The code system {0} has no such code: there is nothing to map',
  },
  'map-scope': {
    severity: 'error',
    code: 'code-invalid',
    text: 'The code is not in the value set {0}, between which and another one the map is',
  },
  'value-set-code': {
    severity: 'error',
    code: 'code-invalid',
    text: 'The code system {0} has no such code: a value set cannot bring it along',
  },
  'value-set-filter': {
    severity: 'error',
    code: 'invalid',
    text: 'The property, operator and value of the filter do not suit the code system {0}',
  },
  'profile-base': { severity: 'error', code: 'invalid', text: 'The base is of another type: {0}' },
  'profile-widens': { severity: 'error', code: 'invalid', text: '{0} is wider than the base {1} allows' },
  'profile-fixed': {
    severity: 'error',
    code: 'value',
    text: 'The value differs from what the base {0} fixes',
  },
  'profile-of-type': { severity: 'error', code: 'invalid', text: 'The profile {0} is not one of {1}' },
  'extension-context-type': {
    severity: 'error',
    code: 'invalid',
    text: 'Only an extension has a context: the elements it may stand on',
  },
  'extension-context-url': {
    severity: 'error',
    code: 'invalid',
    text: 'An extension that this one could stand on is named by its absolute URL',
  },
  'extension-context-element': {
    severity: 'error',
    code: 'invalid',
    text: 'There is no element of this id that the extension could stand on',
  },
  'extension-own-url': {
    severity: 'error',
    code: 'value',
    text: 'The url of an extension is fixed to that of its own definition',
  },
  'profile-path': { severity: 'error', code: 'invalid', text: 'The base has no element of this path' },
  'profile-type-unknown': { severity: 'error', code: 'invalid', text: 'There is no type of this name' },
  'profile-value-type': {
    severity: 'error',
    code: 'invalid',
    text: 'The value is of another type than the element holds: {0}',
  },
  'profile-binding': {
    severity: 'error',
    code: 'invalid',
    text: 'The element holds no codes, but {0}: it cannot be bound to a value set',
  },
  'expression-malformed': { severity: 'error', code: 'invalid', text: 'The expression is no FHIRPath' },
  'expression-not-judged': {
    severity: 'information',
    code: 'not-supported',
    text: 'Not checked: the expression is too long, or comes after too many others',
  },
  'expression-unknown-name': {
    severity: 'error',
    code: 'invalid',
    text: 'The expression names an element, a type or a function that there is not',
  },
  'discriminator-path': {
    severity: 'error',
    code: 'invalid',
    text: 'The path of the discriminator leads to no element of what is sliced',
  },
  'report-duplicate-part': {
    severity: 'error',
    code: 'business-rule',
    text: 'Another {0} of the report has this code',
  },
  'report-score-missing': {
    severity: 'error',
    code: 'business-rule',
    text: 'The measure scores, and the group has no score',
  },
  'report-score-range': {
    severity: 'error',
    code: 'value',
    text: 'The score of a proportion is a number between 0 and 1, without a unit',
  },
  'profile-order': {
    severity: 'error',
    code: 'invalid',
    text: 'The element does not stand where its type has it: elements of a differential are in order',
  },
  'profile-member': { severity: 'error', code: 'business-rule', text: '{0} is not for {1}' },
  'profile-constraint': { severity: 'error', code: 'invalid', text: 'The constraint {0}' },
  'profile-slice': { severity: 'error', code: 'invalid', text: 'The slice {0}' },
  'profile-derivation': {
    severity: 'error',
    code: 'invalid',
    text: 'A definition that has a base is a constraint of its type, or a specialization that is a type of its own',
  },
  'local-id-unknown': {
    severity: 'error',
    code: 'not-found',
    text: 'No element of this resource that could be meant has this id',
  },
  'map-variable': {
    severity: 'warning',
    code: 'not-found',
    text: 'No input of the group, and nothing before, has this name',
  },
  'map-group-duplicate': {
    severity: 'error',
    code: 'duplicate',
    text: 'Another {0} of the map has this name',
  },
  'map-context': {
    severity: 'error',
    code: 'not-found',
    text: 'No variable of this name is there that could be meant',
  },
  'map-path': { severity: 'error', code: 'not-found', text: 'What is begun from has no such element' },
  'map-group': { severity: 'error', code: 'not-found', text: 'There is no group or rule of this name' },
  'map-input': { severity: 'error', code: 'invalid', text: 'The input is {0}' },
  'map-parameters': { severity: 'error', code: 'invalid', text: 'The number of parameters of {0} is {1}' },
  'map-output': { severity: 'error', code: 'value', text: 'Nothing is translated into this' },
} as const satisfies Record<string, FindingRow>;
