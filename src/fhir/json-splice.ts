/**
 * Changing a resource in its text, so that everything else stays as it was submitted, decimals to the digit.
 */
import { isObjectAt, type MemberSpan, memberSpans, skipSpace, skipString } from './json-text.ts';

export interface ServerStamp {
  readonly id: string;
  readonly versionId: string;
  /** https://hl7.org/fhir/R4/datatypes.html#instant */
  readonly lastUpdated: string;
}

/** What the server itself writes into `meta`, and so takes out of what a client sends. */
const stampedMembers: ReadonlySet<string> = new Set([
  'versionId',
  '_versionId',
  'lastUpdated',
  '_lastUpdated',
]);

/**
 * Writes id, version and time into a resource.
 * @param text JSON text of a resource
 * @returns the resource without insignificant white space; `resourceType`, `id` and `meta` come first
 */
export function stampResource(text: string, stamp: ServerStamp): string {
  const members = memberSpans(text, skipSpace(text, 0));
  let resourceType = '';
  let meta: MemberSpan | undefined;
  const rest: string[] = [];
  for (const member of members) {
    if (member.key === 'resourceType') resourceType = text.slice(member.value, member.end);
    else if (member.key === 'meta') meta = member;
    else if (member.key !== 'id') rest.push(compact(text, member.start, member.end));
  }
  const parts = [
    `"resourceType":${resourceType}`,
    `"id":"${stamp.id}"`,
    stampedMeta(text, meta, stamp),
    ...rest,
  ];
  return `{${parts.join(',')}}`;
}

function stampedMeta(text: string, meta: MemberSpan | undefined, stamp: ServerStamp): string {
  const parts = [`"versionId":"${stamp.versionId}"`, `"lastUpdated":"${stamp.lastUpdated}"`];
  if (meta && isObjectAt(text, meta.value)) {
    for (const member of memberSpans(text, meta.value)) {
      if (!stampedMembers.has(member.key)) parts.push(compact(text, member.start, member.end));
    }
  }
  return `"meta":{${parts.join(',')}}`;
}

/** A stretch of JSON text without the white space between its tokens. */
export function compact(text: string, start = 0, end = text.length): string {
  let out = '';
  let from = start;
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) i = skipString(text, i) - 1;
    else if (c <= 0x20) {
      out += text.slice(from, i);
      from = i + 1;
    }
  }
  return out + text.slice(from, end);
}

/**
 * Rewrites links in a resource: whole string values of elements that hold a URI, and the targets of narrative links.
 * https://hl7.org/fhir/R4/http.html#trules (replacement of temporary references)
 * @param text JSON text
 * @param targets what each link becomes
 * @param holdsUri whether the property of this JSON key may hold a link; an identifier's value, for one, does not
 */
export function replaceLinks(
  text: string,
  targets: ReadonlyMap<string, string>,
  holdsUri: (key: string) => boolean,
): string {
  if (targets.size === 0) return text;
  let out = '';
  let from = 0;
  let key = '';
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== 0x22) continue;
    const end = skipString(text, i);
    const token = text.slice(i + 1, end - 1);
    if (text.charCodeAt(skipSpace(text, end)) === 0x3a) key = token;
    else {
      const replacement =
        key === 'div' ? replaceInNarrative(token, targets) : holdsUri(key) ? targets.get(token) : undefined;
      if (replacement !== undefined && replacement !== token) {
        out += text.slice(from, i + 1) + replacement;
        from = end - 1;
      }
    }
    i = end - 1;
  }
  return out + text.slice(from);
}

/** In JSON text the quotes of an attribute are escaped or single. */
function replaceInNarrative(div: string, targets: ReadonlyMap<string, string>): string {
  return div.replace(/(\b(?:href|src)\s*=\s*(?:\\"|'))([^"'\\]+)/g, (whole, start: string, link: string) => {
    const target = targets.get(link);
    return target === undefined ? whole : start + target;
  });
}
