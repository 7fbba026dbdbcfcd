/**
 * Regular expressions in time that grows with the text only: every way through the pattern is followed at once. For
 * patterns with which JavaScript's own search, which tries one way after another, could take for ever.
 * https://swtch.com/~rsc/regexp/regexp1.html
 */

type Test = (character: string) => boolean;
/** Whether a place fits: between a character and the next one, undefined at either end. */
type PlaceTest = (before: string | undefined, after: string | undefined) => boolean;

type Step =
  | { readonly kind: 'character'; readonly test: Test }
  | { readonly kind: 'place'; readonly test: PlaceTest }
  /** Goes on at each of these, relative to itself. */
  | { readonly kind: 'fork'; readonly to: readonly number[] };

type Program = readonly Step[];

/** Counted repetitions are written out; a program longer than this is not made. */
const longestProgram = 2000;
/** Steps times characters that one search may take: well under a second. */
const mostWork = 20_000_000;

/** What this engine has no answer to: looking around and back, or too long a pattern. */
class NotLinear extends Error {}

const empty: Program = [];
const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/;
const escaped = /^\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|p\{[^}]*\}|c[a-z]|.)/isu;
const characterClass = /^\[\^?(?:\\.|[^\]\\])*\]/su;
const isWord = (character: string | undefined) => character !== undefined && /^\w$/.test(character);
const places: Readonly<Record<string, PlaceTest>> = {
  '^': (before) => before === undefined,
  $: (_, after) => after === undefined,
  '\\b': (before, after) => isWord(before) !== isWord(after),
  '\\B': (before, after) => isWord(before) === isWord(after),
};

/**
 * A search that takes linear time.
 * @param whole whether the pattern must take the whole text
 * @returns whether the pattern is found; undefined when this engine cannot tell, or not in time
 */
export function linearSearch(pattern: string, text: string, whole: boolean): boolean | undefined {
  const program = programOf(pattern);
  if (!program || program.length * text.length > mostWork) return undefined;
  return run(program, [...text], whole);
}

/** Whether `linearSearch` has an answer, for texts that are not too long. */
export function isLinear(pattern: string): boolean {
  return programOf(pattern) !== undefined;
}

/** Steps that `linearSearch` takes for each character at most; undefined when it has no answer. */
export function linearLength(pattern: string): number | undefined {
  return programOf(pattern)?.length;
}

const remembered = new Map<string, Program | undefined>();
const capacity = 500;

function programOf(pattern: string): Program | undefined {
  if (remembered.has(pattern)) return remembered.get(pattern);
  let program: Program | undefined;
  try {
    // What JavaScript refuses is no pattern here either.
    new RegExp(pattern);
    program = parse(pattern);
  } catch {
    program = undefined;
  }
  if (remembered.size >= capacity) remembered.clear();
  remembered.set(pattern, program);
  return program;
}

function parse(pattern: string): Program {
  let at = 0;

  function alternatives(): Program {
    const branches = [sequence()];
    while (pattern[at] === '|') {
      at++;
      branches.push(sequence());
    }
    return branches.reduceRight((rest, branch) => either(branch, rest));
  }

  function sequence(): Program {
    let steps = empty;
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') {
      steps = bounded([...steps, ...repeated(item())]);
    }
    return steps;
  }

  /** One character, class, place or group. */
  function item(): Program {
    const rest = pattern.slice(at);
    if (rest.startsWith('(')) return group(rest);
    const [text = ''] = escaped.exec(rest) ?? characterClass.exec(rest) ?? /^./su.exec(rest) ?? [];
    at += text.length;
    if (/^\\[1-9k]/.test(text)) throw new NotLinear();
    const place = places[text];
    return [place ? { kind: 'place', test: place } : { kind: 'character', test: characterTest(text) }];
  }

  function group(rest: string): Program {
    const [opening = ''] = /^\((?:\?(?::|<[A-Za-z_]\w*>))?/.exec(rest) ?? [];
    at += opening.length;
    if (pattern[at] === '?') throw new NotLinear();
    const steps = alternatives();
    at++;
    return steps;
  }

  function repeated(steps: Program): Program {
    const match = quantifier.exec(pattern.slice(at));
    if (!match) return steps;
    at += match[0].length;
    const [text, low, comma, high] = match;
    if (text.startsWith('?')) return either(steps, empty);
    if (text.startsWith('*')) return anyNumber(steps);
    if (text.startsWith('+')) return [...steps, ...anyNumber(steps)];
    const least = times(steps, Number(low));
    if (comma === '') return least;
    if (high === '') return bounded([...least, ...anyNumber(steps)]);
    return bounded([...least, ...times(either(steps, empty), Number(high) - Number(low))]);
  }

  return alternatives();
}

function bounded(steps: Program): Program {
  if (steps.length > longestProgram) throw new NotLinear();
  return steps;
}

function times(steps: Program, count: number): Program {
  if (steps.length * count > longestProgram) throw new NotLinear();
  return Array.from({ length: count }, () => steps).flat();
}

function either(one: Program, other: Program): Program {
  return [
    { kind: 'fork', to: [1, one.length + 2] },
    ...one,
    { kind: 'fork', to: [other.length + 1] },
    ...other,
  ];
}

function anyNumber(steps: Program): Program {
  return [{ kind: 'fork', to: [1, steps.length + 2] }, ...steps, { kind: 'fork', to: [-steps.length - 1] }];
}

/** What stands for one character, as JavaScript understands it. */
function characterTest(text: string): Test {
  if (text.length === 1 && text !== '.') return (character) => character === text;
  let expression: RegExp;
  try {
    expression = new RegExp(`^${text}$`, 'su');
  } catch {
    expression = new RegExp(`^${text}$`, 's');
  }
  return (character) => expression.test(character);
}

function run(program: Program, text: readonly string[], whole: boolean): boolean {
  /** At which place each step was last put on the list. */
  const seen = new Int32Array(program.length + 1).fill(-1);
  let current: number[] = [];
  for (let at = 0; ; at++) {
    const [before, after] = [text[at - 1], text[at]];
    const waiting = current;
    if (!whole || at === 0) waiting.push(0);
    current = [];
    const active: number[] = [];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen[next] === at) continue;
      seen[next] = at;
      const step = program[next];
      if (!step) {
        if (!whole || after === undefined) return true;
      } else if (step.kind === 'fork') for (const offset of step.to) waiting.push(next + offset);
      else if (step.kind === 'character') active.push(next);
      else if (step.test(before, after)) waiting.push(next + 1);
    }
    if (after === undefined) return false;
    for (const one of active) if ((program[one] as { test: Test }).test(after)) current.push(one + 1);
    if (whole && current.length === 0) return false;
  }
}
