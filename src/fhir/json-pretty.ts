/** Pretty printing of JSON text, token by token, so that numbers keep their spelling (`1.50`). */
import { skipString } from './json-text.ts';

/** @returns the text with two spaces of indentation a level and a newline at the end */
export function prettyPrint(text: string): string {
  const out: string[] = [];
  let indent = '\n';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"') {
      const end = skipString(text, i);
      out.push(text.slice(i, end));
      i = end - 1;
    } else if (c === '{' || c === '[') {
      const close = nextToken(text, i + 1);
      if (text[close] === '}' || text[close] === ']') {
        out.push(c, text[close]!);
        i = close;
      } else {
        indent += '  ';
        out.push(c, indent);
      }
    } else if (c === '}' || c === ']') {
      indent = indent.slice(0, -2);
      out.push(indent, c);
    } else if (c === ',') out.push(',', indent);
    else if (c === ':') out.push(': ');
    else if (c > ' ') out.push(c);
  }
  return `${out.join('')}\n`;
}

function nextToken(text: string, at: number): number {
  let i = at;
  while (i < text.length && text.charCodeAt(i) <= 0x20) i++;
  return i;
}
