/**
 * The filters of a ValueSet: properties that the code system has, operators and values that suit them.
 * https://hl7.org/fhir/R4/valueset.html#compositions, https://hl7.org/fhir/R4/codesystem.html#properties
 */
import type { CodeSystem } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { isObject } from '../../fhir/resource.ts';
import { ucumSystem } from '../../terminology/ucum.ts';
import { isAbsolute } from '../checks/url.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule } from '../type-rules.ts';
import { isExpressionConstraint } from './expression-constraint.ts';

const snomed = 'http://snomed.info/sct';
const loinc = 'http://loinc.org';
const snomedId = /^[1-9][0-9]{5,17}$/;
/** Operators whose value is a code of the system itself. */
const hierarchy = new Set(['is-a', 'descendent-of', 'is-not-a', 'generalizes']);
const booleans = new Set(['inactive', 'notSelectable', 'abstract']);

interface Filter {
  readonly property: string;
  readonly op: string;
  readonly value: string;
}

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
  { concept, filter }: Record<string, unknown>,
  system: string,
  place: string,
  context: RuleContext,
): Issue[] {
  // A fragment leads to a code system that is contained.
  if (!isAbsolute(system) && !system.startsWith('#'))
    return [ruleIssue('code-system-relative', `${place}.system`)];
  const content = context.codeSystem(system)?.content;
  if (content === 'supplement') return [ruleIssue('code-system-supplement', `${place}.system`, system)];
  if (context.isValueSet(system)) return [ruleIssue('code-system-is-value-set', `${place}.system`)];
  const listed: unknown[] = Array.isArray(concept) ? concept : [];
  const filters: unknown[] = Array.isArray(filter) ? filter : [];
  return [
    ...listed.flatMap((one, index) =>
      isObject(one) && typeof one.code === 'string' && context.codeExists(system, one.code) === false
        ? [unknownCode(`${place}.concept[${index}].code`, system)]
        : [],
    ),
    ...filters.flatMap((one, index) =>
      isFilter(one) && !suits(one, system, context)
        ? [ruleIssue('value-set-filter', `${place}.filter[${index}]`, system)]
        : [],
    ),
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

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

/** Whether a filter can mean anything in its code system; where that is not known, it may. */
function suits(filter: Filter, system: string, context: RuleContext): boolean {
  const { property, op, value } = filter;
  if (op === 'exists' || booleans.has(property)) {
    if (op === 'exists' || op === '=') return value === 'true' || value === 'false';
  }
  if (op === 'regex') return isPattern(value);
  if (system === snomed) return suitsSnomed(filter);
  if (property === 'concept' || property === 'code') {
    return !hierarchy.has(op) || context.codeExists(system, value) !== false;
  }
  // Only concepts have a hierarchy.
  if (hierarchy.has(op) && (system === loinc || system === ucumSystem)) return false;
  const definition = context.codeSystem(system);
  if (definition?.content === 'complete' && !isDeclared(property, definition)) return false;
  const type = definition?.property?.find(({ code }) => code === property)?.type;
  if (type === 'code' && op === '=') return suitsCode(value, system, definition, context);
  if (type === 'Coding' && op === '=')
    return value.includes('#') && suitsCode(value, system, definition, context);
  if (type === 'boolean' && op === '=') return value === 'true' || value === 'false';
  if (type !== undefined && op === '=') return forms.get(type)?.test(value) !== false;
  return true;
}

/** How values of other properties are written, after a prefix as in a search. */
const forms: ReadonlyMap<string, RegExp> = new Map([
  ['integer', /^(?:eq|ne|gt|lt|ge|le|sa|eb|ap)?-?(?:0|[1-9][0-9]*)$/],
  ['decimal', /^(?:eq|ne|gt|lt|ge|le|sa|eb|ap)?-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/],
  [
    'dateTime',
    /^(?:eq|ne|gt|lt|ge|le|sa|eb|ap)?[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2}))?)?)?$/,
  ],
]);

/** Properties that every code system has. https://hl7.org/fhir/R4/codesystem.html#defined-props */
const everywhere = new Set([
  ...booleans,
  'child',
  'definition',
  'deprecated',
  'deprecationDate',
  'designation',
  'display',
  'parent',
  'status',
]);

function isDeclared(name: string, { property = [], filter = [] }: CodeSystem): boolean {
  return everywhere.has(name) || [...property, ...filter].some(({ code }) => code === name);
}

function suitsSnomed({ property, op, value }: Filter): boolean {
  if (property === 'constraint') return isExpressionConstraint(value);
  if (property === 'concept' || property === 'code') return !hierarchy.has(op) || snomedId.test(value);
  if (snomedId.test(property)) return op === '=' || op === 'in';
  return true;
}

/** A code of the system, or `system#code` of another one. */
function suitsCode(
  value: string,
  own: string,
  definition: CodeSystem | undefined,
  context: RuleContext,
): boolean {
  const hash = value.lastIndexOf('#');
  if (hash < 0) return definition?.content !== 'complete' || context.codeExists(own, value) !== false;
  const [system = ''] = value.slice(0, hash).split('|');
  return context.codeExists(system, value.slice(hash + 1)) !== false;
}
