/**
 * String functions, on plain texts.
 * http://hl7.org/fhirpath/#string-manipulation
 */
import { ExpressionFault } from '../fault.ts';
import { isLinear, linearSearch } from './linear-pattern.ts';
import { mayExplode, regularExpression } from './regular-expression.ts';

/** Type of a result or a parameter. */
export type TextType = 'String' | 'Integer' | 'Boolean' | 'Strings';

export interface StringFunction {
  readonly result: TextType;
  /** Types of the parameters; those after the first `required` may be left out. */
  readonly parameters: readonly ('String' | 'Integer')[];
  readonly required: number;
  readonly apply: (text: string, ...parameters: never[]) => string | number | boolean | string[] | undefined;
}

export const stringFunctions: Readonly<Record<string, StringFunction>> = {
  indexOf: one('Integer', (text, part: string) => text.indexOf(part)),
  lastIndexOf: one('Integer', (text, part: string) => (part === '' ? 0 : text.lastIndexOf(part))),
  startsWith: one('Boolean', (text, part: string) => text.startsWith(part)),
  endsWith: one('Boolean', (text, part: string) => text.endsWith(part)),
  contains: one('Boolean', (text, part: string) => text.includes(part)),
  split: one('Strings', (text, separator: string) => text.split(separator)),
  encode: one('String', encode),
  decode: one('String', decode),
  escape: one('String', escaped),
  unescape: one('String', unescaped),
  upper: none('String', (text) => text.toUpperCase()),
  lower: none('String', (text) => text.toLowerCase()),
  trim: none('String', (text) => text.trim()),
  length: none('Integer', (text) => text.length),
  toChars: none('Strings', (text) => [...text]),
  substring: { result: 'String', parameters: ['Integer', 'Integer'], required: 1, apply: substring },
  matches: { result: 'Boolean', parameters: ['String', 'String'], required: 1, apply: matches },
  matchesFull: { result: 'Boolean', parameters: ['String', 'String'], required: 1, apply: matchesFull },
  replace: { result: 'String', parameters: ['String', 'String'], required: 2, apply: replace },
  replaceMatches: { result: 'String', parameters: ['String', 'String'], required: 2, apply: replaceMatches },
};

function one(result: TextType, apply: (text: string, part: string) => ReturnType<StringFunction['apply']>) {
  return { result, parameters: ['String'], required: 1, apply } as const;
}

function none(result: TextType, apply: (text: string) => ReturnType<StringFunction['apply']>) {
  return { result, parameters: [], required: 0, apply } as const;
}

function substring(text: string, start: number, length?: number): string | undefined {
  if (start < 0 || start >= text.length) return undefined;
  if (length === undefined) return text.slice(start);
  return length <= 0 ? '' : text.slice(start, start + length);
}

function matches(text: string, pattern: string, flags = ''): boolean {
  return inLinearTime(text, pattern, flags, false) ?? regularExpression(pattern, flags).test(text);
}

function matchesFull(text: string, pattern: string, flags = ''): boolean {
  return inLinearTime(text, pattern, flags, true) ?? regularExpression(`^(?:${pattern})$`, flags).test(text);
}

/** Whether a pattern from elsewhere takes a whole text; undefined when that cannot be told in time. */
export function matchesInTime(text: string, pattern: string): boolean | undefined {
  if (mayExplode(pattern) && !isLinear(pattern)) return undefined;
  try {
    return matchesFull(text, pattern);
  } catch {
    return undefined;
  }
}

/** The answer where JavaScript's own search might take for ever; undefined where it does not, or there is no other. */
function inLinearTime(text: string, pattern: string, flags: string, whole: boolean): boolean | undefined {
  if (flags !== '' || !mayExplode(pattern) || !isLinear(pattern)) return undefined;
  const found = linearSearch(pattern, text, whole);
  if (found === undefined) throw new ExpressionFault('The text is too long for the regular expression');
  return found;
}

/** Every occurrence; an empty pattern stands between all characters. */
function replace(text: string, pattern: string, substitution: string): string {
  return text.replaceAll(pattern, () => substitution);
}

/** An empty pattern matches nothing that could be replaced. */
function replaceMatches(text: string, pattern: string, substitution: string): string {
  if (pattern === '') return text;
  return text.replaceAll(regularExpression(pattern, 'g'), withGroups(substitution, pattern));
}

/** The specification refers to groups as `${day}`, where JavaScript has `$<day>`. */
function withGroups(substitution: string, pattern: string): string {
  return substitution.replace(/\$\{(\w+)\}/g, (reference, name: string) => {
    if (/^\d+$/.test(name)) return `$${name}`;
    return pattern.includes(`(?<${name}>`) ? `$<${name}>` : reference;
  });
}

function encode(text: string, format: string): string | undefined {
  if (format === 'hex') return Buffer.from(text).toString('hex');
  if (format === 'base64') return Buffer.from(text).toString('base64');
  return format === 'urlbase64'
    ? Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
    : undefined;
}

function decode(text: string, format: string): string | undefined {
  if (format === 'hex') {
    if (!/^([0-9a-fA-F]{2})*$/.test(text)) throw new ExpressionFault('The text to decode is not hexadecimal');
    return Buffer.from(text, 'hex').toString();
  }
  if (format !== 'base64' && format !== 'urlbase64') return undefined;
  return Buffer.from(text, 'base64').toString();
}

const htmlEntities: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
];

function escaped(text: string, target: string): string | undefined {
  if (target === 'json') return JSON.stringify(text).slice(1, -1);
  if (target !== 'html') return undefined;
  return htmlEntities.reduce((done, [character, entity]) => done.replaceAll(character, entity), text);
}

const jsonEscapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', b: '\b' };

function unescaped(text: string, target: string): string | undefined {
  if (target === 'json') {
    return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, character: string) =>
      code === undefined
        ? (jsonEscapes[character] ?? character)
        : String.fromCharCode(Number.parseInt(code, 16)),
    );
  }
  if (target !== 'html') return undefined;
  return htmlEntities.reduceRight((done, [character, entity]) => done.replaceAll(entity, character), text);
}
