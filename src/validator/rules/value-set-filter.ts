/**
 * A filter of a ValueSet: a property that the code system has, an operator and a value that suit it.
 * https://hl7.org/fhir/R4/valueset.html#compositions, https://hl7.org/fhir/R4/codesystem.html#properties
 */
import type { CodeSystem } from '@medplum/fhirtypes';
import { ucumSystem } from '../../terminology/ucum.ts';
import type { RuleContext } from '../type-rules.ts';
import { isExpressionConstraint } from './expression-constraint.ts';

const snomed = 'http://snomed.info/sct';
const loinc = 'http://loinc.org';
const snomedId = /^[1-9][0-9]{5,17}$/;
/** Operators whose value is a code of the system itself. */
const hierarchy = new Set(['is-a', 'descendent-of', 'is-not-a', 'generalizes']);
/** Operators that say which concepts are meant, not what they are like. */
const ofConcepts = new Set([...hierarchy, '=', 'in', 'not-in']);
const booleans = new Set(['inactive', 'notSelectable', 'abstract']);
/** Properties whose values are codes of the system, where it does not declare them otherwise. */
const relations = new Set(['parent', 'child', 'partOf']);

export interface Filter {
  readonly property: string;
  readonly op: string;
  readonly value: string;
}

/** `error`: the filter can mean nothing; `warning`: it will hardly be understood. */
export type FilterFault = 'error' | 'warning' | undefined;

const isBoolean = (value: string) => value === 'true' || value === 'false';
const errorUnless = (holds: boolean): FilterFault => (holds ? undefined : 'error');

/**
 * What is wrong with a filter, as far as its code system is known.
 * @param edition the URL of the system, with its version if one is asked for
 */
export function filterFault(
  filter: Filter,
  system: string,
  edition: string,
  context: RuleContext,
): FilterFault {
  const { property, op, value } = filter;
  const definition = context.codeSystem(edition);
  if (property === 'concept' || property === 'code') {
    if (!allowsOnConcepts(property, op, definition)) return 'error';
  } else if (op === 'exists') return errorUnless(isBoolean(value));
  if (op === 'regex') return errorUnless(isPattern(value));
  if (booleans.has(property) && op === '=') return errorUnless(isBoolean(value));
  if (system === snomed) return errorUnless(suitsSnomed(filter));
  const values = op === 'in' || op === 'not-in' ? value.split(',') : [value];
  const areCodes = values.every((one) => one === one.trim() && context.codeExists(edition, one) !== false);
  if (property === 'concept' || property === 'code') return errorUnless(areCodes);
  // Only concepts have a hierarchy.
  if (hierarchy.has(op) && (system === loinc || system === ucumSystem)) return 'error';
  if (!definition) return undefined;
  if (definition.content === 'complete' && !isDeclared(property, definition)) return 'warning';
  const operators = operatorsOf(property, definition);
  if (operators.length > 0 && !operators.includes(op)) return 'error';
  const type = definition.property?.find(({ code }) => code === property)?.type;
  if (op !== '=' && op !== 'in' && op !== 'not-in') return undefined;
  if (type === undefined) return errorUnless(!relations.has(property) || areCodes);
  if (type === 'Coding') return errorUnless(values.every((one) => suitsCoding(one, context)));
  // Many a system has codes of its own that are not concepts as values of its properties.
  if (type === 'code') return areCodes || definition.content !== 'complete' ? undefined : 'warning';
  return errorUnless(values.every((one) => forms.get(type)?.test(one) !== false));
}

/** The operators that a code system lists for a filter. */
function operatorsOf(name: string, { filter = [] }: CodeSystem): string[] {
  return filter.flatMap(({ code, operator = [] }) => (code === name ? operator : []));
}

function allowsOnConcepts(property: string, op: string, definition: CodeSystem | undefined): boolean {
  if (ofConcepts.has(op) || (op === 'regex' && property === 'code')) return true;
  return definition !== undefined && operatorsOf(property, definition).includes(op);
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

/** How values of other properties are written, after a prefix as in a search. */
const forms: ReadonlyMap<string, RegExp> = new Map([
  ['boolean', /^(?:true|false)$/],
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
  ...relations,
  'comment',
  'definition',
  'deprecated',
  'deprecationDate',
  'designation',
  'display',
  'effectiveDate',
  'itemWeight',
  'retirementDate',
  'status',
  'synonym',
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

/** `system#code`; the system may have a version. */
function suitsCoding(value: string, context: RuleContext): boolean {
  const hash = value.lastIndexOf('#');
  if (hash < 0) return false;
  const [system = ''] = value.slice(0, hash).split('|');
  return context.codeExists(system, value.slice(hash + 1)) !== false;
}
