/**
 * Reference texts as the index knows them: `Patient/1` for this server's own resources, the absolute text for others.
 * https://hl7.org/fhir/R4/references.html#literal
 */

export interface ReferenceText {
  /** `Patient/1` or an absolute URI, without a version. */
  readonly target: string;
  /** Resource type, where the text shows it. */
  readonly type: string | undefined;
  /** Logical id; only for a resource of this server. */
  readonly id: string | undefined;
  /** Version of a versioned or canonical reference. */
  readonly version: string | undefined;
}

const literal = /^(.*\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/;

/**
 * Takes a reference apart.
 * @param text of Reference.reference or a canonical
 * @param localBases own base URLs, without a slash at the end
 * @returns undefined for a reference to a contained resource
 */
export function parseReference(text: string, localBases: readonly string[]): ReferenceText | undefined {
  if (text.startsWith('#') || text === '') return undefined;
  const bar = text.indexOf('|');
  if (bar > 0) {
    const url = parseReference(text.slice(0, bar), localBases);
    return url && { ...url, version: withoutFragment(text.slice(bar + 1)) };
  }
  const match = literal.exec(text);
  if (!match) return { target: withoutFragment(text), type: undefined, id: undefined, version: undefined };
  const [, base, type, id, version] = match;
  if (base === undefined || localBases.includes(base.slice(0, -1))) {
    return { target: `${type}/${id}`, type, id, version };
  }
  return { target: `${base}${type}/${id}`, type, id: undefined, version };
}

function withoutFragment(text: string): string {
  const hash = text.indexOf('#');
  return hash > 0 ? text.slice(0, hash) : text;
}
