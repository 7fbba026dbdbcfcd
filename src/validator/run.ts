/**
 * The state of one validation: what was found so far, and which resource the walk is in. A run lives for one call of
 * `validate` and is passed to every check; nothing outlives it, so that no answer depends on an earlier one.
 */
import { gravestFirst, type Issue, type IssueSeverity, moreIssues, mostIssues } from '../core/issue.ts';
import { escapesOf, type Spelling } from '../fhir/json-source.ts';
import type { Environment, TypedValue } from '../fhirpath/expression.ts';
import type { BundleIndex } from './checks/bundle-index.ts';
import { type MetCodings, noCodings } from './checks/known-code.ts';
import type { ProfileCheck } from './compilation.ts';
import { type Finding, type FindingKey, findings, findingText } from './finding.ts';
import type { ValidationOptions } from './validator.ts';
import type { Verdicts } from './verdicts.ts';

/** The resource the walk is in. */
export interface ResourceScope {
  readonly type: string;
  readonly resource: Record<string, unknown>;
  /** The scope of the resource that contains this one in `contained`. */
  readonly container: ResourceScope | undefined;
  /** The innermost bundle around this resource, and the entry it came in. */
  readonly bundle: BundleIndex | undefined;
  readonly fullUrl: string | undefined;
  /** Its `meta` and `contained`, as the walk met them. */
  meta: unknown;
  contained: unknown;
  /** Profiles that were applied to it. */
  applied: readonly ProfileCheck[];
  /** Index of this resource's own entries, when it is a bundle. */
  entries: BundleIndex | undefined;
  /** References and URLs that begin with `#`, as met in the walk: dom-3 needs them. */
  readonly fragments: string[];
  /** Those of the resources that it contains. */
  inside: Map<unknown, readonly string[]> | undefined;
  /** What links within narratives may lead to; collected when the first one asks. */
  linkTargets?: ReadonlySet<string>;
  /** Ids of elements met so far. */
  elementIds: Set<string> | undefined;
  /** What FHIRPath may ask for; made when the first invariant is evaluated. */
  environment: Environment | undefined;
}

/** What is around a resource. */
type Surroundings = Pick<ResourceScope, 'container' | 'bundle' | 'fullUrl'>;

const none: readonly never[] = [];

const nothing: Surroundings = { container: undefined, bundle: undefined, fullUrl: undefined };

/**
 * @param type the name of its type as the definitions have it: a text whose hash is known, unlike one just parsed
 * @param around nothing: an outermost resource
 */
export function newScope(
  resource: Record<string, unknown>,
  type = String(resource.resourceType),
  { container, bundle, fullUrl } = nothing,
): ResourceScope {
  return {
    type,
    resource,
    container,
    bundle,
    fullUrl,
    meta: undefined,
    contained: undefined,
    applied: none,
    entries: undefined,
    fragments: [],
    inside: undefined,
    elementIds: undefined,
    environment: undefined,
  };
}

export interface Run {
  readonly findings: Finding[];
  /** How many they are: asked before and after each element, which a field answers sooner than the list. */
  count: number;
  readonly options: ValidationOptions;
  /** What texts may hold: JSON has control characters only as escapes. */
  readonly escapes: Spelling['escapes'];
  /** How far the numbers of the text are certain to be spelled as usual. */
  readonly numbers: Spelling['numbers'];
  /** Whether a value of an integer type was met that may be spelled otherwise. */
  integers: boolean;
  scope: ResourceScope;
  /** Characters of expressions that were judged. */
  judged: number;
  /** What was said once and need not be said again. */
  told: readonly string[];
  readonly metCodings: MetCodings;
  /** What conforms to which profile, as far as it was asked; made when first asked. */
  verdicts: Verdicts | undefined;
  /**
   * The type that the reference checked last names, when it has the form `Type/id`; empty when it is a URN, which says
   * nothing of what it leads to.
   */
  referredType: string | undefined;
  /** Url of the extension being checked, when it is one whose definition is known: then it needs no more looking at. */
  knownUrl: string | undefined;
  /** Url of the extension the walk is in. */
  extensionUrl: unknown;
}

/** A run over one resource. */
export function createRun(options: ValidationOptions, scope: ResourceScope): Run {
  return {
    findings: [],
    count: 0,
    options,
    escapes: options.spelling?.escapes ?? (options.text === undefined ? 'controls' : escapesOf(options.text)),
    numbers: options.spelling?.numbers ?? 'any',
    integers: false,
    judged: 0,
    scope,
    told: none,
    metCodings: noCodings(),
    verdicts: undefined,
    knownUrl: undefined,
    extensionUrl: undefined,
    referredType: undefined,
  };
}

/** Records a finding. */
export function report(run: Run, finding: Finding): void {
  run.count = run.findings.push(finding);
}

/**
 * Records a finding of the table.
 * @param path of the element, from where the walk stands; empty for the element itself
 * @param names fill the placeholders of the text
 */
export function found(run: Run, key: FindingKey, path: string, ...names: (string | number)[]): void {
  const row = findings[key];
  report(run, { key, severity: row.severity, code: row.code, text: names, path });
}

/** As `found`, with another severity than the table gives. */
export function foundAs(
  run: Run,
  severity: IssueSeverity,
  key: FindingKey,
  path: string,
  ...names: string[]
): void {
  report(run, { key, severity, code: findings[key].code, text: names, path });
}

/** A finding whose words are known when a definition is compiled. */
export type Notice = Omit<Finding, 'path'> & { readonly text: string };

export function notice(key: FindingKey, ...names: (string | number)[]): Notice {
  const { severity, code } = findings[key];
  return { key, severity, code, text: findingText(key, names) };
}

/** Records a finding that was prepared. */
export function say(run: Run, { key, severity, code, text }: Notice, path: string): void {
  report(run, { key, severity, code, text, path });
}

/** Records a finding that was prepared, the first time only: what could not be checked is said once. */
export function sayOnce(run: Run, prepared: Notice, path: string): void {
  if (run.told.includes(prepared.text)) return;
  // Mostly one, for which a list that grows has room for many.
  run.told = run.told.length === 0 ? [prepared.text] : [...run.told, prepared.text];
  say(run, prepared, path);
}

/** Records that something could not be checked, once for each name. */
export function foundOnce(run: Run, key: FindingKey, path: string, ...names: string[]): void {
  sayOnce(run, notice(key, ...names), path);
}

/** `item`, or `item[2]` of an element that repeats; -1 stands for one that does not. */
export function stepAt(name: string, index: number): string {
  return index < 0 ? name : `${name}[${index}]`;
}

/** Puts a step before the path of all findings from `start` on: called while the walk unwinds. */
export function under(run: Run, start: number, step: string): void {
  const all = run.findings;
  for (let i = start; i < all.length; i++) {
    const finding = all[i] as Finding;
    finding.path = finding.path === '' ? step : `${step}.${finding.path}`;
  }
}

/** Makes what was said of a part of the element from `start` on a warning: called where something was found. */
export function soften(run: Run, start: number, key: FindingKey, part: string): void {
  const all = run.findings;
  for (let i = start; i < all.length; i++) {
    const finding = all[i] as Finding;
    if (finding.key === key && finding.path === part) all[i] = { ...finding, severity: 'warning' };
  }
}

/** Takes back what was found from `start` on, up to `end`. */
export function forget(run: Run, start: number, end: number): void {
  run.findings.splice(start, end - start);
  run.count = run.findings.length;
}

/** Whether anything from `start` on makes the resource unacceptable. */
export function anyError(run: Run, start: number): boolean {
  for (let i = start; i < run.findings.length; i++) {
    const severity = (run.findings[i] as Finding).severity;
    if (severity === 'error' || severity === 'fatal') return true;
  }
  return false;
}

/** Up to this many issues are compared one by one; a set of texts costs more than that. */
const few = 40;

/** The findings as issues: rooted at the resource type, each said once; of very many the gravest. */
export function issuesOf(run: Run): Issue[] {
  const issues: Issue[] = [];
  const seen = run.findings.length > few ? new Set<string>() : undefined;
  const ordered = run.findings.length > mostIssues ? gravestFirst(run.findings) : run.findings;
  for (const { key, severity, code, text: words, path } of ordered) {
    if (issues.length === mostIssues) {
      issues.push(moreIssues);
      break;
    }
    const text = typeof words === 'string' ? words : findingText(key as FindingKey, words);
    const expression = path === '' ? run.scope.type : `${run.scope.type}.${path}`;
    const issue: Issue = { severity, code, key, text, expression };
    if (seen) {
      const same = `${key} ${expression} ${text}`;
      if (seen.has(same)) continue;
      seen.add(same);
    } else if (isAmong(issues, issue)) continue;
    issues.push(issue);
  }
  return issues;
}

function isAmong(issues: readonly Issue[], { key, text, expression }: Issue): boolean {
  for (let i = 0; i < issues.length; i++) {
    const one = issues[i] as Issue;
    if (one.key === key && one.expression === expression && one.text === text) return true;
  }
  return false;
}

/** The outermost resource: the container of a contained one. */
export function rootScope(scope: ResourceScope): ResourceScope {
  return scope.container ?? scope;
}

export function typed(scope: ResourceScope): TypedValue {
  return { type: scope.type, value: scope.resource };
}
