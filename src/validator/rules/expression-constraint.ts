/**
 * Whether a text is an expression constraint of SNOMED CT, in the parts of the language that value sets use: concepts
 * with operators, AND, OR, MINUS, brackets and refinements.
 * https://docs.snomed.org/snomed-ct-specifications/snomed-ct-expression-constraint-language
 */

/** How often an attribute occurs: `[1..*]`. */
const cardinality = /\[\s*\d+\s*\.\.\s*(?:\d+|\*)\s*\]/g;

const token =
  /\s*(?:(\/\*.*?\*\/)|(<<!|>>!|<<|>>|<!|>!|<|>|!!|\^)|([1-9][0-9]{5,17})|(\|[^|]*\|)|(\*)|([(){}[\]:,=.+]|!=|<=|>=)|(AND|OR|MINUS)\b|("[^"]*"|#-?[0-9.]+|[A-Za-z][\w-]*|[0-9]+|\.\.))/giy;

type Kind = 'comment' | 'operator' | 'concept' | 'term' | 'any' | 'mark' | 'junction' | 'word';
const kinds: readonly Kind[] = ['comment', 'operator', 'concept', 'term', 'any', 'mark', 'junction', 'word'];

/** The kinds of tokens of a text; undefined when something in it is none. */
function tokensOf(text: string): { kind: Kind; text: string }[] | undefined {
  const tokens: { kind: Kind; text: string }[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    const index = match.slice(1).findIndex((part) => part !== undefined);
    const kind = kinds[index] as Kind;
    if (kind !== 'comment') tokens.push({ kind, text: match[0].trim() });
    end = match.index + match[0].length;
  }
  return text.slice(end).trim() === '' ? tokens : undefined;
}

/** Judges what may follow what: concepts are joined by junctions or marks, and brackets are closed. */
export function isExpressionConstraint(text: string): boolean {
  const tokens = tokensOf(text.replace(cardinality, ' '));
  if (!tokens || tokens.length === 0) return false;
  const open: string[] = [];
  let complete = false;
  let last = '';
  for (const { kind, text: word } of tokens) {
    const before = last;
    last = word;
    if (kind === 'word' && !/^(?:[=<>]|!=|<=|>=)$/.test(before)) return false;
    const starts = kind === 'operator' || kind === 'concept' || kind === 'any' || /^[([{]$/.test(word);
    if (starts && complete && word !== '{' && word !== '[') return false;
    if (/^[([{]$/.test(word)) open.push(word);
    else if (/^[)\]}]$/.test(word)) {
      const pair = open.pop();
      if (pair === undefined || '([{'.indexOf(pair) !== ')]}'.indexOf(word) || !complete) return false;
      continue;
    } else if (kind === 'junction' || kind === 'mark') {
      if (!complete) return false;
    } else if (kind === 'term' && !complete) return false;
    complete = kind === 'concept' || kind === 'any' || kind === 'term' || kind === 'word';
  }
  return complete && open.length === 0;
}
