/**
 * What a ValueSet includes: code systems that are some, codes that they have, and filters that suit them.
 * https://hl7.org/fhir/R4/valueset.html#compositions
 */
import type { Issue } from '../../core/issue.ts';
import { isObject } from '../../fhir/resource.ts';
import { ucumSystem } from '../../terminology/ucum.ts';
import { isAbsolute } from '../checks/url.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule } from '../type-rules.ts';
import { type Filter, filterFault } from './value-set-filter.ts';

/** HL7 itself names the editions of these so. */
const tableOfV2 = 'http://terminology.hl7.org/CodeSystem/v2-';

export const valueSetRule: TypeRule = (valueSet, context) => {
  const issues: Issue[] = [];
  const { compose } = valueSet;
  if (!isObject(compose)) return issues;
  for (const part of ['include', 'exclude']) {
    const includes: unknown[] = Array.isArray(compose[part]) ? compose[part] : [];
    includes.forEach((include, at) => {
      if (!isObject(include) || typeof include.system !== 'string') return;
      issues.push(...includeIssues(include, include.system, `ValueSet.compose.${part}[${at}]`, context));
    });
  }
  return issues;
};

/** The system is a code system, its codes exist in it, and its filters can mean something. */
function includeIssues(
  { concept, filter, version }: Record<string, unknown>,
  url: string,
  place: string,
  context: RuleContext,
): Issue[] {
  // A fragment leads to a code system that is contained; whether it leads anywhere is asked of every URI.
  if (url.startsWith('#')) return [];
  if (!isAbsolute(url)) return [ruleIssue('code-system-relative', `${place}.system`)];
  const bar = url.indexOf('|');
  if (bar >= 0 && !url.startsWith(tableOfV2)) {
    const issue = ruleIssue('code-system-versioned', `${place}.system`);
    return [bar === url.length - 1 ? { ...issue, severity: 'warning' } : issue];
  }
  const content = context.codeSystem(url)?.content;
  if (content === 'supplement') return [ruleIssue('code-system-supplement', `${place}.system`, url)];
  if (context.isValueSet(url)) return [ruleIssue('code-system-is-value-set', `${place}.system`)];
  // Of an edition that is not here nothing is known.
  const edition = typeof version === 'string' ? `${url}|${version}` : url;
  const listed: unknown[] = Array.isArray(concept) ? concept : [];
  const filters: unknown[] = Array.isArray(filter) ? filter : [];
  return [
    ...listed.flatMap((one, index) =>
      isObject(one) && typeof one.code === 'string' && context.codeExists(edition, one.code) === false
        ? [unknownCode(`${place}.concept[${index}].code`, url)]
        : [],
    ),
    ...filters.flatMap((one, index) => {
      const severity = isFilter(one) ? filterFault(one, url, edition, context) : undefined;
      if (severity === undefined) return [];
      return [{ ...ruleIssue('value-set-filter', `${place}.filter[${index}]`, url), severity }];
    }),
  ];
}

/** Of UCUM a code that is none is a warning here as it is in a quantity. */
function unknownCode(place: string, system: string): Issue {
  const issue = ruleIssue('value-set-code', place, system);
  return system === ucumSystem ? { ...issue, severity: 'warning' } : issue;
}

function isFilter(value: unknown): value is Filter & Record<string, unknown> {
  return (
    isObject(value) &&
    typeof value.property === 'string' &&
    typeof value.op === 'string' &&
    typeof value.value === 'string'
  );
}
