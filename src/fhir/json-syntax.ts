/**
 * Where and why a text is not JSON. Only asked after `JSON.parse` refused it, because the engine's own message
 * quotes the text (which may identify a patient) and does not always say where.
 * https://www.rfc-editor.org/rfc/rfc8259
 */

export interface SyntaxFault {
  readonly offset: number;
  /** What the grammar allows there, in words. */
  readonly expected: string;
}

const space = /[\t\n\r ]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these in a string
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

/** States of the reader inside an object or an array. */
type State = 'value' | 'value-or-close' | 'key' | 'key-or-close' | 'colon' | 'comma-or-close' | 'end';

const expectations: Readonly<Record<State, string>> = {
  value: 'a value',
  'value-or-close': "a value or ']'",
  key: 'a property name in double quotes',
  'key-or-close': "a property name in double quotes or '}'",
  colon: "':'",
  'comma-or-close': "',' or a closing bracket",
  end: 'the end of the text',
};

/** Finds the first fault of a text that is not JSON. */
export function findSyntaxError(text: string): SyntaxFault {
  const open: ('{' | '[')[] = [];
  let state: State = 'value';
  let at = 0;
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const afterValue = (): State => (open.length === 0 ? 'end' : 'comma-or-close');
  for (;;) {
    match(space);
    const c = text[at];
    const inside = open[open.length - 1];
    if (state === 'value' || state === 'value-or-close') {
      if (c === '{' || c === '[') {
        open.push(c);
        at++;
        state = c === '{' ? 'key-or-close' : 'value-or-close';
      } else if (state === 'value-or-close' && c === ']') {
        open.pop();
        at++;
        state = afterValue();
      } else if (match(string) || match(scalar)) state = afterValue();
      else return { offset: at, expected: expectations[state] };
    } else if (state === 'key' || state === 'key-or-close') {
      if (state === 'key-or-close' && c === '}') {
        open.pop();
        at++;
        state = afterValue();
      } else if (match(string)) state = 'colon';
      else return { offset: at, expected: expectations[state] };
    } else if (state === 'colon' && c === ':') {
      at++;
      state = 'value';
    } else if (state === 'comma-or-close' && c === ',') {
      at++;
      state = inside === '{' ? 'key' : 'value';
    } else if (state === 'comma-or-close' && c === (inside === '{' ? '}' : ']')) {
      open.pop();
      at++;
      state = afterValue();
    } else {
      return { offset: Math.min(at, text.length), expected: expectations[state] };
    }
  }
}
