/**
 * Searches by words: `_text` in the narrative, `_content` in everything a resource says. Words must all be there
 * unless `OR` stands between them; `NOT` leaves out, brackets group, quotes keep words together, `*` at the end of a
 * word takes every ending. Case and accents do not count.
 * https://hl7.org/fhir/R4/search.html#content
 */
import { refuse } from '../core/fhir-error.ts';
import type { WordExpression } from './plan.ts';

const token = /\s*(?:"([^"]*)"(\*?)|([()])|([^\s()"]+))/y;
const wordCharacter = /[\p{L}\p{N}]/u;
/** Brackets within brackets, and words in all. */
const maximumDepth = 20;
const maximumTokens = 200;

type Token =
  | { readonly kind: 'phrase'; readonly text: string; readonly prefix: boolean }
  | { readonly kind: '(' | ')' | 'and' | 'or' | 'not' };

/**
 * @param name of the parameter, for what is said of a text that cannot be understood
 * @throws FhirError `invalid-parameter`
 */
export function wordExpression(text: string, name: string): WordExpression {
  const tokens = tokensOf(text, name);
  let at = 0;

  const alternatives = (depth: number): WordExpression => {
    const parts = [together(depth)];
    while (tokens[at]?.kind === 'or') {
      at++;
      parts.push(together(depth));
    }
    return parts.length === 1 ? parts[0]! : { op: 'or', parts };
  };

  const together = (depth: number): WordExpression => {
    const wanted: WordExpression[] = [];
    const excluded: WordExpression[] = [];
    for (;;) {
      const kind = tokens[at]?.kind;
      if (kind === 'and' && wanted.length + excluded.length > 0) at++;
      const negated = tokens[at]?.kind === 'not';
      if (negated) at++;
      const next = tokens[at]?.kind;
      if (next !== 'phrase' && next !== '(') {
        if (negated || kind === 'and') throw notUnderstood(name);
        break;
      }
      (negated ? excluded : wanted).push(one(depth));
    }
    if (wanted.length === 0) throw notUnderstood(name);
    const part: WordExpression = wanted.length === 1 ? wanted[0]! : { op: 'and', parts: wanted };
    if (excluded.length === 0) return part;
    return {
      op: 'except',
      part,
      excluded: excluded.length === 1 ? excluded[0]! : { op: 'or', parts: excluded },
    };
  };

  const one = (depth: number): WordExpression => {
    const next = tokens[at++]!;
    if (next.kind === 'phrase') return { op: 'phrase', text: next.text, prefix: next.prefix };
    if (depth >= maximumDepth) throw notUnderstood(name);
    const inner = alternatives(depth + 1);
    if (tokens[at++]?.kind !== ')') throw notUnderstood(name);
    return inner;
  };

  const expression = alternatives(0);
  if (at < tokens.length) throw notUnderstood(name);
  return expression;
}

const connectives: ReadonlySet<string> = new Set(['and', 'or', 'not']);

function tokensOf(text: string, name: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const match = token.exec(text);
    if (!match || tokens.length >= maximumTokens) throw notUnderstood(name);
    const [, quoted, star, bracket, bare = ''] = match;
    if (bracket === '(' || bracket === ')') tokens.push({ kind: bracket });
    else if (quoted === undefined && connectives.has(bare.toLowerCase()))
      tokens.push({ kind: bare.toLowerCase() as 'and' | 'or' | 'not' });
    else {
      const phrase = quoted ?? bare.replace(/\*$/, '');
      if (!wordCharacter.test(phrase)) throw notUnderstood(name);
      tokens.push({ kind: 'phrase', text: phrase, prefix: star === '*' || bare.endsWith('*') });
    }
  }
  return tokens;
}

function notUnderstood(name: string) {
  return refuse(
    'invalid-parameter',
    `'${name}' takes words, "words in quotes", AND, OR, NOT, brackets, and * after a word`,
  );
}
