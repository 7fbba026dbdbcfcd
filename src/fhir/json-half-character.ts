/**
 * Half characters: `\ud83d` without the escape of its other half stands for nothing that UTF-8 or XML could say.
 * https://www.rfc-editor.org/rfc/rfc8259#section-8.2
 */

/** Hardly any text has such an escape, and this is soon found out. */
const inText = /\\u[dD][89a-fA-F]/;
const escapes = /\\(?:u([\da-fA-F]{4})|[^u])/g;
const escapeLength = '\\u0000'.length;

/**
 * @param text JSON that `JSON.parse` accepts
 * @returns the offset of the first escape that stands for half a character; undefined when there is none
 */
export function halfCharacterIn(text: string): number | undefined {
  // Two characters are looked for faster than a pattern.
  if (!text.includes('\\u') || !inText.test(text)) return undefined;
  let first: number | undefined;
  for (const { index, 1: digits } of text.matchAll(escapes)) {
    const unit = digits === undefined ? 0 : Number.parseInt(digits, 16);
    const isSecond = unit >= 0xdc00 && unit <= 0xdfff;
    if (isSecond && first !== undefined && first + escapeLength === index) {
      first = undefined;
      continue;
    }
    if (first !== undefined || isSecond) return first ?? index;
    if (unit >= 0xd800 && unit <= 0xdbff) first = index;
  }
  return first;
}
