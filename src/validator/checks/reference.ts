/**
 * References: the type they point to, and their targets inside the resource or the bundle.
 * https://hl7.org/fhir/R4/references.html
 */
import { isObject } from '../../fhir/resource.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import { found, type ResourceScope, type Run } from '../run.ts';
import { type BundleIndex, indexBundle } from './bundle-index.ts';
import { containedTarget } from './contained-target.ts';
import { literal } from './reference-text.ts';

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

const version = /\/_history\/[^/]+$/;

/** Whether targets outside of the resource are asked for. */
export const areFollowed = ({ options: { references } }: Run): boolean =>
  references !== undefined && references !== 'ignore';

function outside(reference: string, run: Run): Record<string, unknown> | undefined {
  if (!areFollowed(run)) return undefined;
  const { options } = run;
  const bare = reference.replace(version, '');
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

/**
 * The type a reference points to, as far as the text, its target here or `type` tells.
 * @param known the type that its text was just seen to name, as in `Run.referredType`
 */
export function referenceType(
  reference: Record<string, unknown>,
  run: Run,
  known?: string,
): string | undefined {
  const { scope } = run;
  const text = reference.reference;
  if (typeof text === 'string') {
    const isHere = text.startsWith('#') || scope.bundle !== undefined || areFollowed(run);
    const target = isHere ? resolveReference(text, run) : undefined;
    if (target) return target.type;
    // `Type/id` and nothing else.
    if (known && text.indexOf('/', known.length + 1) < 0) return known;
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
  const named = referenceType(value, run, known);
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
    found(run, 'reference-type-differs', '');
}
