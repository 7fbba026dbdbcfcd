/**
 * The suite `validator`: cases in the format of the shared test data (a list of steps, the files beside it), each
 * judged as HL7's Java validator is asked to judge it. A step is right when both say "invalid" or both say "valid".
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Issue } from '../../src/core/issue.ts';
import { parseJson } from '../../src/fhir/json-source.ts';
import type { Registry } from '../../src/fhir/registry.ts';
import { isResource, type Resource } from '../../src/fhir/resource.ts';
import type { ValidationOptions, Validator } from '../../src/validator/validator.ts';

export interface ExpectedError {
  readonly location?: string;
  readonly code: string;
  readonly severity: string;
  readonly text: string;
}

export interface ValidatorCase {
  readonly name: string;
  readonly step: string;
  readonly class: string;
  readonly file: string;
  readonly supporting: readonly string[];
  readonly profiles: readonly string[];
  readonly profile?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly expectedErrorCount: number;
  readonly expectedErrors: readonly ExpectedError[];
}

export interface Scores {
  readonly cases: number;
  readonly recall: number;
  readonly specificity: number;
  readonly balancedAccuracy: number;
}

export interface ValidatorTotals extends Scores {
  readonly suite: 'validator';
  readonly issueRecall: number;
  readonly byClass: Readonly<Record<string, Scores>>;
}

/** A step judged otherwise than expected, or one that could not be judged. */
export interface CaseFailure {
  readonly name: string;
  readonly class: string;
  readonly wrong: 'missed' | 'refused' | 'crashed';
  /** What was expected, or what was said instead. */
  readonly issues: readonly string[];
}

export interface ValidatorSuiteResult {
  readonly totals: ValidatorTotals;
  readonly failures: readonly CaseFailure[];
}

interface Judged {
  readonly step: ValidatorCase;
  readonly invalid: boolean;
  readonly expected: boolean;
  readonly found: number;
}

/** What validators are made from; a step may bring definitions of its own. */
export interface SuiteParts {
  readonly registry: Registry;
  readonly validatorOver: (registry: Registry) => Validator;
}

/** Runs every step of a file of cases. */
export function validatorSuite(parts: SuiteParts, casesFile: string): ValidatorSuiteResult {
  const steps = JSON.parse(readFileSync(casesFile, 'utf8')) as ValidatorCase[];
  const folder = join(dirname(casesFile), 'files');
  const bare = parts.validatorOver(parts.registry);
  const judged: Judged[] = [];
  const failures: CaseFailure[] = [];
  for (const step of steps) {
    const expected = step.expectedErrorCount > 0;
    let errors: Issue[];
    try {
      errors = judge(step, folder, parts, bare).filter(
        ({ severity }) => severity === 'error' || severity === 'fatal',
      );
    } catch (error) {
      failures.push({ name: step.name, class: step.class, wrong: 'crashed', issues: [String(error)] });
      judged.push({ step, invalid: !expected, expected, found: 0 });
      continue;
    }
    const invalid = errors.length > 0;
    judged.push({ step, invalid, expected, found: foundErrors(step, errors) });
    if (invalid && !expected) {
      const issues = errors.map(({ expression, key, text }) => `${expression} ${key} ${text}`);
      failures.push({ name: step.name, class: step.class, wrong: 'refused', issues });
    } else if (!invalid && expected) {
      const issues = step.expectedErrors.map(({ location, code, text }) => `${location} ${code} ${text}`);
      failures.push({ name: step.name, class: step.class, wrong: 'missed', issues });
    }
  }
  return { totals: totalsOf(judged), failures };
}

/** All definitions in a file: itself, or the entries of a bundle. */
function definitionsIn(path: string): Resource[] {
  if (!existsSync(path)) return [];
  const content = parsed(readFileSync(path, 'utf8'));
  if (!isResource(content)) return [];
  const entries = content.resourceType === 'Bundle' && Array.isArray(content.entry) ? content.entry : [];
  return [content, ...entries.map((entry) => entry.resource).filter(isResource)];
}

/** Undefined for what the server and the command line refuse as no JSON. */
function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function judge(step: ValidatorCase, folder: string, parts: SuiteParts, bare: Validator): Issue[] {
  const resource = parsed(readFileSync(join(folder, step.file), 'utf8'));
  if (resource === undefined) {
    return [{ severity: 'fatal', code: 'invalid', key: 'malformed-json', text: 'The text is not JSON' }];
  }
  const files = [...step.profiles, ...step.supporting];
  if (step.profile && existsSync(join(folder, step.profile))) files.push(step.profile);
  const supporting = files.flatMap((file) => definitionsIn(join(folder, file)));
  const validator = supporting.length === 0 ? bare : parts.validatorOver(parts.registry.extend(supporting));
  return validator.validate(resource, optionsOf(step, folder, supporting));
}

function optionsOf(step: ValidatorCase, folder: string, supporting: readonly Resource[]): ValidationOptions {
  const { options, profile } = step;
  const profiles = profile === undefined ? [] : [profileUrl(profile, folder)];
  return {
    profiles,
    unknownExtension: 'error',
    unknownProfile: 'warning',
    exampleUrls: options.examples !== false,
    bestPractice: options['best-practice'] !== undefined,
    supporting,
    contained: options.validateContains !== 'IGNORE',
    references: referencesOf(options),
    resolve: (reference) => resourceBeside(reference, options, folder),
  };
}

/** What the harness calls CHECK_EXISTS…, CHECK_VALID. */
function referencesOf({
  validateReference,
}: ValidatorCase['options']): NonNullable<ValidationOptions['references']> {
  if (typeof validateReference !== 'string') return 'ignore';
  return validateReference === 'CHECK_VALID' ? 'conform' : 'exist';
}

/** What the harness's fetcher answers: a patient of its own, and files named after type and id. */
function resourceBeside(
  reference: string,
  options: ValidatorCase['options'],
  folder: string,
): Resource | undefined {
  if (options.fetcher !== 'standalone') return undefined;
  if (reference === 'Patient/test') return { resourceType: 'Patient', id: 'test' };
  const [, type, id] = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]+)$/.exec(reference) ?? [];
  const path = join(folder, `${type?.toLowerCase()}-${id}.json`);
  const content: unknown = type && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  return isResource(content) ? content : undefined;
}

function profileUrl(profile: string, folder: string): string {
  const path = join(folder, profile);
  if (!existsSync(path)) return profile;
  return String((JSON.parse(readFileSync(path, 'utf8')) as { url?: string }).url);
}

/** `Bundle.entry[0].resource/*Patient/1*\/.name` and `….value.ofType(Quantity)` as we write them. */
function plainLocation(location: string | undefined): string {
  return (location ?? '').replace(/\/\*.*?\*\//g, '').replace(/\.ofType\(\w+\)/g, '');
}

function foundErrors(step: ValidatorCase, errors: readonly Issue[]): number {
  const said = new Set(errors.map(({ code, expression }) => `${code} ${plainLocation(expression)}`));
  return step.expectedErrors.filter(({ code, location }) => said.has(`${code} ${plainLocation(location)}`))
    .length;
}

const ratio = (part: number, whole: number) => (whole === 0 ? 1 : Math.round((part / whole) * 10000) / 10000);

function scoresOf(judged: readonly Judged[]): Scores {
  const invalid = judged.filter(({ expected }) => expected);
  const valid = judged.filter(({ expected }) => !expected);
  const recall = ratio(invalid.filter((one) => one.invalid).length, invalid.length);
  const specificity = ratio(valid.filter((one) => !one.invalid).length, valid.length);
  return { cases: judged.length, recall, specificity, balancedAccuracy: ratio(recall + specificity, 2) };
}

function totalsOf(judged: readonly Judged[]): ValidatorTotals {
  const classes = [...new Set(judged.map(({ step }) => step.class))];
  const wanted = judged.reduce((sum, { step }) => sum + step.expectedErrors.length, 0);
  const found = judged.reduce((sum, one) => sum + one.found, 0);
  return {
    suite: 'validator',
    ...scoresOf(judged),
    issueRecall: ratio(found, wanted),
    byClass: Object.fromEntries(
      classes.map((name) => [name, scoresOf(judged.filter(({ step }) => step.class === name))]),
    ),
  };
}
