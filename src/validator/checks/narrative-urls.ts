/**
 * URLs of links and images within a narrative.
 * https://hl7.org/fhir/R4/narrative.html#security, RFC 3986 and, for data, RFC 2397
 */
import { isBase64 } from '../primitives.ts';

/** Schemes of names, which a link cannot be followed by. Of others, readers know more than can be listed. */
const names: ReadonlySet<string> = new Set(['urn', 'cid']);

/** Letters and digits of any script besides: an IRI is read as well. */
const characters = /^[\p{L}\p{M}\p{Nd};?:@&=+$.,/%\-_~#[\]!'()*|]+$/u;
const escapes = /&(?:amp|quot|apos|lt|gt);/g;
const numbers = /&#(?:x([0-9a-fA-F]+)|([0-9]+));/g;

/** What most URLs are made of, and no colon but that of the scheme: then there is nothing to find fault with. */
const plain = /^(?:https?:)?[\w;?@&=+$.,/%\-~#!'()*|]+$/;

/** RFC 2397; white space after the colon is widespread and does no harm. */
const data = /^data:\s*(?:[\w.+-]+\/[\w.+-]+)?(?:;[\w.+-]+=[\w.+-]+)*(;base64)?,(.+)$/s;

export type UrlFault = 'script' | 'scheme' | 'form';

/** A text with the characters that it has by their numbers: to a reader, `&#106;avascript:` is a script like any other. */
export function spelledOut(text: string): string {
  return text.replace(numbers, (_, hex: string | undefined, decimal: string | undefined) =>
    String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
  );
}

/** What is wrong with the value of `href`, that of a link, or of `src`, if anything. */
export function urlFault(text: string, isLink: boolean): UrlFault | undefined {
  if (plain.test(text)) return undefined;
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'javascript' || scheme === 'vbscript') return 'script';
  if (scheme !== undefined && isLink && names.has(scheme)) return 'scheme';
  if (scheme !== 'data') return hasForm(text) ? undefined : 'form';
  const [, encoded, content = ''] = data.exec(text) ?? [];
  return (encoded ? isBase64(content) : hasForm(content)) ? undefined : 'form';
}

function hasForm(text: string): boolean {
  return characters.test(text.includes('&') ? text.replace(escapes, '') || '&' : text);
}
