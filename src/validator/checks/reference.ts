/**
 * References: their form, the type they point to, and their targets inside the resource or the bundle.
 * https://hl7.org/fhir/R4/references.html
 */
import { isObject } from '../../fhir/resource.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import { isIdFrom } from '../primitives.ts';
import { found, type ResourceScope, type Run, report } from '../run.ts';
import { type BundleIndex, indexBundle } from './bundle-index.ts';
import { containedTarget } from './contained-target.ts';
import { urnFault } from './url.ts';

/** `[type]/[id]`, absolute or not, with or without a version. */
const literal = /^(?:.*\/)?([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** The bundle that a reference is resolved in: the one around the resource, or the resource itself. */
function bundleOf(scope: ResourceScope): BundleIndex | undefined {
  if (scope.bundle || scope.type !== 'Bundle') return scope.bundle;
  scope.entries ??= indexBundle(scope.resource, undefined);
  return scope.entries;
}

/**
 * The target of a reference, if it can be had: contained, in the same bundle, or of the resources that came along. Only
 * with `references` on are resources looked for outside of the one that is validated.
 */
export function resolveReference(reference: string, run: Run): TypedValue | undefined {
  const { scope } = run;
  const target = reference.startsWith('#')
    ? containedTarget(reference, scope)
    : (bundleOf(scope)?.target(reference, scope.fullUrl) ?? outside(reference, run));
  if (target === undefined || typeof target.resourceType !== 'string') return undefined;
  return { type: target.resourceType, value: target };
}

const areFollowed = ({ options: { references } }: Run): boolean =>
  references !== undefined && references !== 'ignore';

function outside(reference: string, run: Run): Record<string, unknown> | undefined {
  if (!areFollowed(run)) return undefined;
  const { options } = run;
  const bare = reference.replace(/\/_history\/[^/]+$/, '');
  const named = options.supporting?.find(({ resourceType, id }) => `${resourceType}/${id}` === bare);
  return named ?? options.resolve?.(reference);
}

/** Reports a reference whose target is nowhere; the type of a target that is found is kept with the run. */
export function checkExists(reference: string, run: Run): void {
  const isLookedFor = reference.startsWith('urn:') || literal.test(reference);
  if (!isLookedFor) return;
  const target = resolveReference(reference, run);
  if (target) run.referredType = target.type;
  else found(run, 'reference-unresolved', '');
}

/** The type a reference points to, as far as the text, its target here or `type` tells. */
export function referenceType(reference: Record<string, unknown>, run: Run): string | undefined {
  const { scope } = run;
  const text = reference.reference;
  if (typeof text === 'string') {
    const isHere = text.startsWith('#') || scope.bundle !== undefined || areFollowed(run);
    const target = isHere ? resolveReference(text, run) : undefined;
    if (target) return target.type;
    if (text.startsWith('urn:') || text.startsWith('#')) return typeOf(reference);
    const query = text.indexOf('?');
    if (query > 0) return text.slice(text.lastIndexOf('/', query) + 1, query);
    const type = literal.exec(text)?.[1];
    if (type !== undefined) return type;
  }
  return typeOf(reference);
}

const definitions = 'http://hl7.org/fhir/StructureDefinition/';

/** `Reference.type` is relative to the URL of the definitions of R4. */
function typeOf({ type }: Record<string, unknown>): string | undefined {
  if (typeof type !== 'string') return undefined;
  return type.startsWith(definitions) ? type.slice(definitions.length) : type;
}

/**
 * Reports a reference to a type that its element does not allow.
 * @param known the type that its text was just seen to name, as in `Run.referredType`
 */
export function checkTarget(
  value: unknown,
  run: Run,
  allowed: ReadonlySet<string>,
  isResourceType: (name: string) => boolean,
  known?: string,
): void {
  if (!isObject(value)) return;
  if (known !== undefined && run.scope.bundle === undefined && (known === '' || allowed.has(known))) return;
  const named = referenceType(value, run);
  if (named === undefined || allowed.has(named)) return;
  // What looks like a type in a URL may be none; what `type` says is meant as one.
  const type = isResourceType(named) ? named : typeOf(value);
  if (type === undefined || allowed.has(type)) return;
  found(
    run,
    'reference-type',
    '',
    isResourceType(type) ? type : 'no resource of R4',
    [...allowed].join(', '),
  );
}

/** Reports a `Reference.type` other than the type that the reference itself, or its target here, has. */
export function checkType(
  type: string,
  reference: string,
  run: Run,
  isResourceType: (name: string) => boolean,
): void {
  const actual = run.referredType ?? referenceType({ reference }, run);
  if (actual !== undefined && actual !== type && isResourceType(actual))
    found(run, 'reference-type-differs', 'type');
}

/** The resource type that a text begins with, up to a place in it. */
export type TypeReader = (text: string, end: number) => string | undefined;

/** Reads type names by their length, without cutting the text into pieces. */
export function typeReader(names: readonly string[]): TypeReader {
  const byLength: string[][] = [];
  for (const name of names) byLength[name.length] = [...(byLength[name.length] ?? []), name];
  return (text, end) => {
    const group = end > 0 ? byLength[end] : undefined;
    if (group === undefined) return undefined;
    const first = text.charCodeAt(0);
    for (let i = 0; i < group.length; i++) {
      const name = group[i] as string;
      if (name.charCodeAt(0) === first && text.startsWith(name)) return name;
    }
    return undefined;
  };
}

/**
 * The form of `Reference.reference`; ref-1: a fragment names a contained resource.
 * @returns whether it is `Type/id` and nothing else
 */
export function checkReferenceText(text: string, run: Run, typeAt: TypeReader): boolean {
  run.referredType = undefined;
  if (text.startsWith('urn:')) {
    checkUrn(text, run);
    return false;
  }
  const slash = text.indexOf('/');
  const type = slash > 0 ? typeAt(text, slash) : undefined;
  if (type !== undefined) {
    run.referredType = type;
    if (isIdFrom(text, slash + 1)) return true;
    const isConditional = text.includes('?') && !text.includes(' ');
    if (!isConditional && !literal.test(text)) found(run, 'reference-format', 'reference');
    return false;
  }
  if (text.charCodeAt(0) === 35) {
    run.scope.fragments.push(text);
    const itself = text === '#' && run.scope.container !== undefined;
    if (!itself && (text === '#' || containedTarget(text, run.scope) === undefined)) {
      const human = 'SHALL have a contained resource if a local reference is provided';
      report(run, { key: 'ref-1', severity: 'error', code: 'invariant', text: human, path: '' });
    }
    return false;
  }
  if (text.includes(' ')) {
    found(run, 'reference-format', 'reference');
    return false;
  }
  const query = text.indexOf('?');
  if (query > 0 && typeAt(text, query) !== undefined) {
    if (!mayBeConditional(run)) found(run, 'reference-format', 'reference');
    return false;
  }
  const end = query < 0 ? text.length : query;
  const colon = text.indexOf(':');
  if (colon > 0 && colon < end) checkUrn(text, run);
  else found(run, slash < 0 || slash > end ? 'reference-format' : 'reference-relative', 'reference');
  return false;
}

function checkUrn(text: string, run: Run): void {
  const fault = text.includes(' ') ? 'reference-format' : urnFault(text);
  if (fault) found(run, fault, 'reference');
}

/**
 * Whether a search may stand for a reference: a server puts in what it finds. Of a resource by itself nobody knows how
 * it is sent, of one in a bundle it is known. https://hl7.org/fhir/R4/http.html#trules
 */
function mayBeConditional({ scope }: Run): boolean {
  const around = scope.bundle?.bundle;
  return around?.resourceType !== 'Bundle' || around.type === 'transaction' || around.type === 'batch';
}
