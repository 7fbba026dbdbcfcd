/**
 * The text of a reference: a URL, a URN, a fragment, or `Type/id`.
 * https://hl7.org/fhir/R4/references.html#literal
 */
import { isIdFrom } from '../primitives.ts';
import { found, foundAs, type Run, report } from '../run.ts';
import { containedTarget } from './contained-target.ts';
import { isUuidUrn, urnFault } from './url.ts';

/** `[type]/[id]`, absolute or not, with or without a version. */
export const literal =
  /^(?:.*\/)?([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

const twoSteps = /^[^/]+\/[^/]+(?:\/_history\/[^/]+)?$/;

/** What a search asks for: `name=value`, and more of that behind `&`. */
const parameters = /^[^=&]+=[^&]*(?:&[^=&]+=[^&]*)*$/;

/** White space; all but the usual one can only come from an escape. */
const hasSpace = (text: string, run: Run): boolean =>
  text.includes(' ') || (run.escapes !== 'none' && /[\t-\r]/.test(text));

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
 * @returns whether it is `Type/id`, or a UUID, and nothing else
 */
export function checkReferenceText(text: string, run: Run, typeAt: TypeReader): boolean {
  run.referredType = undefined;
  if (text.startsWith('urn:')) {
    if (isUuidUrn(text)) return true;
    checkUrn(text, run);
    return false;
  }
  const slash = text.indexOf('/');
  const type = slash > 0 ? typeAt(text, slash) : undefined;
  if (type !== undefined) {
    run.referredType = type;
    if (isIdFrom(text, slash + 1)) return true;
    const isConditional = text.includes('?') && !hasSpace(text, run);
    if (!isConditional && !literal.test(text)) checkOther(text, run);
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
  if (hasSpace(text, run)) {
    found(run, 'reference-format', '');
    return false;
  }
  const query = text.indexOf('?');
  if (query > 0 && typeAt(text, query) !== undefined) {
    const isSearch = parameters.test(text.slice(query + 1));
    if (!isSearch || !mayBeConditional(run)) found(run, 'reference-format', '');
    return false;
  }
  const end = query < 0 ? text.length : query;
  const colon = text.indexOf(':');
  if (colon > 0 && colon < end) checkUrn(text, run);
  else if (mayBeRelative(text, run)) found(run, 'reference-relative', '');
  else found(run, 'reference-format', '');
  return false;
}

/** What begins as a reference to a type and goes on otherwise: elsewhere than in a bundle it may be some other URL. */
function checkOther(text: string, run: Run): void {
  const severity = isInBundle(run) || hasSpace(text, run) ? 'error' : 'warning';
  foundAs(run, severity, 'reference-format', '');
}

/** What in a bundle is not absolute has a meaning only as a type and an id. https://hl7.org/fhir/R4/bundle.html#references */
function mayBeRelative(text: string, run: Run): boolean {
  return !isInBundle(run) || twoSteps.test(text);
}

const isInBundle = ({ scope }: Run): boolean => scope.bundle?.bundle.resourceType === 'Bundle';

function checkUrn(text: string, run: Run): void {
  const fault = hasSpace(text, run) ? 'reference-format' : urnFault(text);
  if (fault) found(run, fault, fault === 'reference-format' ? '' : 'reference');
}

/**
 * Whether a search may stand for a reference: a server puts in what it finds. Of a resource by itself nobody knows how
 * it is sent, of one in a bundle it is known. https://hl7.org/fhir/R4/http.html#trules
 */
function mayBeConditional({ scope }: Run): boolean {
  const around = scope.bundle?.bundle;
  return around?.resourceType !== 'Bundle' || around.type === 'transaction' || around.type === 'batch';
}
