/**
 * Regular expressions of `matches()` and `replaceMatches()`.
 * http://hl7.org/fhirpath/#matchesregex-string-boolean
 */
import { ExpressionFault } from '../fault.ts';

const remembered = new Map<string, RegExp>();
const capacity = 500;

/**
 * A pattern compiled: a dot also matches line ends, characters are Unicode code points.
 * @param flags `i` (case does not matter), `m` (lines), `g`
 */
export function regularExpression(pattern: string, flags: string): RegExp {
  const key = `${flags}/${pattern}`;
  let found = remembered.get(key);
  if (!found) {
    found = create(pattern, flags);
    if (remembered.size >= capacity) remembered.clear();
    remembered.set(key, found);
  }
  found.lastIndex = 0;
  return found;
}

/** Published patterns escape characters that need none (`\'`), which only the older syntax allows. */
function create(pattern: string, flags: string): RegExp {
  if (!/^[img]*$/.test(flags)) throw new ExpressionFault('Flags of a regular expression are i and m');
  try {
    return new RegExp(pattern, `su${flags}`);
  } catch {
    try {
      return new RegExp(pattern, `s${flags}`);
    } catch {
      throw new ExpressionFault('The pattern is no regular expression');
    }
  }
}

const judged = new Map<string, boolean>();

/** Whether a pattern may take time that grows exponentially with the text: a repeated group that repeats within. */
export function mayExplode(pattern: string): boolean {
  const known = judged.get(pattern);
  if (known !== undefined) return known;
  const verdict = repeatsRepetition(pattern);
  if (judged.size >= capacity) judged.clear();
  judged.set(pattern, verdict);
  return verdict;
}

function repeatsRepetition(pattern: string): boolean {
  const plain = pattern.replace(/\\./gs, 'x').replace(/\[[^\]]*\]/g, 'x');
  const repeatsWithin: boolean[] = [false];
  for (let i = 0; i < plain.length; i++) {
    const c = plain[i]!;
    if (c === '(') repeatsWithin.push(false);
    else if (c === ')' && repeatsWithin.length > 1) {
      const within = repeatsWithin.pop()!;
      const repeated = isUnbounded(plain, i + 1);
      if (within && repeated) return true;
      if (within || repeated) repeatsWithin[repeatsWithin.length - 1] = true;
    } else if (isUnbounded(plain, i)) repeatsWithin[repeatsWithin.length - 1] = true;
    else if (c === '|' && repeatsWithin.length > 1) repeatsWithin[repeatsWithin.length - 1] = true;
  }
  return false;
}

function isUnbounded(pattern: string, at: number): boolean {
  const c = pattern[at];
  return c === '*' || c === '+' || (c === '{' && /^\{\d*,(\d*)\}/.test(pattern.slice(at)));
}
