/**
 * The limits a form may put on an answer, in `maxLength` and in the standard extensions, one row each.
 * https://hl7.org/fhir/R4/questionnaire-profiles.html#extensions
 */
import type { Issue } from '../core/issue.ts';
import { isObject } from '../fhir/resource.ts';
import { linearSearch } from '../fhirpath/runtime/linear-pattern.ts';
import { type FormFindingKey, formFinding } from './finding.ts';
import { type Answer, extensionValue, type FormItem, objectsOf } from './form.ts';
import type { ItemDemands } from './item-demands.ts';
import { compareAnswers } from './same-answer.ts';

type LimitTest = (value: unknown, limit: unknown) => boolean;

const base = 'http://hl7.org/fhir/StructureDefinition';

/** Longer texts are not matched: a pattern of a form must not hold up the server. */
const longestMatched = 10_000;
const longestPattern = 500;

const extensionLimits: readonly (readonly [url: string, FormFindingKey, LimitTest])[] = [
  [`${base}/minLength`, 'response-answer-length', (value, limit) => lengthOf(value) >= Number(limit)],
  [`${base}/minValue`, 'response-answer-range', (value, limit) => (compareAnswers(value, limit) ?? 0) >= 0],
  [`${base}/maxValue`, 'response-answer-range', (value, limit) => (compareAnswers(value, limit) ?? 0) <= 0],
  [
    `${base}/maxDecimalPlaces`,
    'response-answer-digits',
    (value, limit) => decimalPlaces(value) <= Number(limit),
  ],
  [`${base}/regex`, 'response-answer-pattern', (value, limit) => matches(value, String(limit))],
  [
    `${base}/maxSize`,
    'response-answer-attachment',
    (value, limit) => !isObject(value) || Number(value.size ?? 0) <= Number(limit) * 1024 * 1024,
  ],
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
    issues.push(formFinding('response-answer-length', answer.path, item.linkId));
  }
  if (!extended) return issues;
  for (const [url, key, holds] of extensionLimits) {
    const limit = extensionValue(item.definition, url);
    if (limit !== undefined && !holds(value, limit)) issues.push(formFinding(key, answer.path, item.linkId));
  }
  const kinds = objectsOf(item.definition.extension).filter(({ url }) => url === `${base}/mimeType`);
  if (
    kinds.length > 0 &&
    isObject(value) &&
    !kinds.some(({ valueCode }) => valueCode === value.contentType)
  ) {
    issues.push(formFinding('response-answer-attachment', answer.path, item.linkId));
  }
  return issues;
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? [...value].length : 0;
}

function decimalPlaces(value: unknown): number {
  return typeof value === 'number' ? (String(value).split('.')[1]?.length ?? 0) : 0;
}

function matches(value: unknown, pattern: string): boolean {
  if (typeof value !== 'string' || value.length > longestMatched || pattern.length > longestPattern)
    return true;
  return linearSearch(pattern, value, true) ?? true;
}
