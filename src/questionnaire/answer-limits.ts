/**
 * The limits a form may put on an answer, in `maxLength` and in the standard extensions, one row each.
 * https://hl7.org/fhir/R4/questionnaire-profiles.html#extensions
 */
import type { Issue } from '../core/issue.ts';
import { decimalPlaces } from '../fhir/decimal-places.ts';
import { isObject } from '../fhir/resource.ts';
import { linearSearch } from '../fhirpath/runtime/linear-pattern.ts';
import { suitsAttachment } from './answer-attachment.ts';
import { type FormFindingKey, formFinding } from './finding.ts';
import { type Answer, extensionValue, type FormItem } from './form.ts';
import type { ItemDemands } from './item-demands.ts';
import { compareAnswers } from './same-answer.ts';

/** @param written the characters of the answer, where they are known */
type LimitTest = (value: unknown, limit: unknown, written: string | undefined) => boolean;

const base = 'http://hl7.org/fhir/StructureDefinition';

/** Longer texts are not matched: a pattern of a form must not hold up the server. */
const longestMatched = 10_000;
const longestPattern = 500;

const extensionLimits: readonly (readonly [url: string, FormFindingKey, LimitTest])[] = [
  [
    `${base}/minLength`,
    'response-answer-length',
    (_, limit, written) => written === undefined || lengthOf(written) >= Number(limit),
  ],
  [`${base}/minValue`, 'response-answer-range', (value, limit) => (compareAnswers(value, limit) ?? 0) >= 0],
  [`${base}/maxValue`, 'response-answer-range', (value, limit) => (compareAnswers(value, limit) ?? 0) <= 0],
  [
    `${base}/maxDecimalPlaces`,
    'response-answer-digits',
    (value, limit) => decimalPlaces(isObject(value) ? value.value : value) <= Number(limit),
  ],
  [`${base}/regex`, 'response-answer-pattern', (_, limit, written) => matches(written, String(limit))],
];

/** What an answer breaks of the limits of its item. */
export function limitIssues(
  item: FormItem,
  { maxLength, extended }: ItemDemands,
  answer: Answer,
  value: unknown,
): Issue[] {
  const issues: Issue[] = [];
  if (maxLength !== undefined && lengthOf(value) > maxLength) {
    issues.push(formFinding('response-answer-length', `${answer.path}.value`, item.linkId));
  }
  if (!extended) return issues;
  const written = writtenAs(item, value);
  for (const [url, key, holds] of extensionLimits) {
    const limit = extensionValue(item.definition, url);
    if (limit !== undefined && !holds(value, limit, written))
      issues.push(formFinding(key, `${answer.path}.value`, item.linkId));
  }
  if (!suitsAttachment(item, value))
    issues.push(formFinding('response-answer-attachment', answer.path, item.linkId));
  return issues;
}

/** Of decimals the text is not known here: `1.0` has become `1`. */
function writtenAs({ type }: FormItem, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return type === 'integer' && typeof value === 'number' ? String(value) : undefined;
}

/** Characters of a text, and of a number at least these; what else there is has no length. */
function lengthOf(value: unknown): number {
  if (typeof value === 'number') return String(value).length;
  return typeof value === 'string' ? [...value].length : 0;
}

function matches(text: string | undefined, pattern: string): boolean {
  if (text === undefined || text.length > longestMatched || pattern.length > longestPattern) return true;
  return linearSearch(pattern, text, true) ?? true;
}
