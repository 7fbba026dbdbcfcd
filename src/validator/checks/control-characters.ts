/**
 * Control characters in long texts. JSON has them only as escapes, which are found sooner in the text of the whole
 * resource than the characters themselves are in each value.
 * https://www.w3.org/TR/xml/#charsets, https://www.rfc-editor.org/rfc/rfc8259#section-7
 */
import { hasControl } from '../primitives.ts';
import type { Run } from '../run.ts';

/** Whether a text of the resource has a control character. */
export function hasControlIn(text: string, run: Run): boolean {
  if (run.plain) return false;
  run.controls ??= run.options.text === undefined || hasControlEscape(run.options.text);
  return run.controls && hasControl(text);
}

/** Whether some `\b`, `\f` or `\u00…` is among the escapes of a JSON text. */
function hasControlEscape(text: string): boolean {
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at + 2)) {
    const c = text.charCodeAt(at + 1);
    if (c === 98 || c === 102 || (c === 117 && text.startsWith('00', at + 2))) return true;
  }
  return false;
}
