/**
 * Integers as they are spelled: FHIR has none with a decimal point or an exponent and no negative zero, though to JSON
 * `1.0`, `1e0` and `1` are one number. Such a number is looked for in the text, which is gone through only where an
 * integer may be among those found.
 * https://hl7.org/fhir/R4/datatypes.html#integer
 */
import { isSpelledObject, readSpelled, type Spelled } from '../../fhir/json-spelled.ts';
import { beginsOtherNumber, isDigit, skipSpace } from '../../fhir/json-text.ts';
import type { Model } from '../../fhir/model.ts';
import { found, type Run, stepAt } from '../run.ts';

const integers: ReadonlySet<string> = new Set(['integer', 'positiveInt', 'unsignedInt']);
const integer = /^(?:0|-?[1-9][0-9]*)$/;

/** @param text of the resource that the run is over */
export type SpellingCheck = (text: string, run: Run) => void;

/** @param types all of the model that have elements */
export function integerSpelling(model: Model, types: Iterable<string>): SpellingCheck {
  let names: ReadonlySet<string> | undefined;

  function walk(value: Spelled, type: string, path: string, run: Run): void {
    if (Array.isArray(value)) {
      value.forEach((one, index) => {
        walk(one, type, stepAt(path, index), run);
      });
    } else if (isSpelledObject(value)) {
      const own = type === 'Resource' ? String(value.get('resourceType')) : type;
      for (const [key, member] of value) {
        const element = model.type(own)?.key(key);
        const step = element?.property.name;
        if (element && step) walk(member, element.type, path === '' ? step : `${path}.${step}`, run);
      }
    } else if (integers.has(type) && value !== null && !integer.test(value))
      found(run, 'format', path, path, type);
  }

  /** Whether the value of some integer element is a number that is spelled in another way, as far as names tell. */
  function inMembers(text: string): boolean {
    for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
      const next = text.charCodeAt(colon + 1);
      // Most values are texts, objects and arrays, and have no space before them.
      if (next === 34 || next === 123 || next === 91) continue;
      if (!beginsOtherNumber(text, next <= 32 ? skipSpace(text, colon + 1) : colon + 1)) continue;
      names ??= new Set(namesOfIntegers(model, types));
      const name = nameBefore(text, colon);
      if (name !== undefined && names.has(name)) return true;
    }
    return false;
  }

  return (text, run) => {
    if (inMembers(text) || inArrays(text)) walk(readSpelled(text), run.scope.type, '', run);
  };
}

/** Whether an array of numbers, all of which are integers in FHIR, has one that is spelled in another way. */
function inArrays(text: string): boolean {
  let open = text.indexOf('[');
  while (open >= 0) {
    let end = open + 1;
    const first = text.charCodeAt(skipSpace(text, end));
    if (isDigit(first) || first === 45) {
      // What begins on the way to its end is looked at with it: texts hold any number of brackets.
      const close = text.indexOf(']', end);
      end = close < 0 ? text.length : close;
      if (/[.eE]|-0/.test(text.slice(open, end))) return true;
    }
    open = text.indexOf('[', end);
  }
  return false;
}

/** The name that stands before a colon; undefined where it is no colon of JSON. */
function nameBefore(text: string, colon: number): string | undefined {
  let end = colon - 1;
  while (end > 0 && text.charCodeAt(end) <= 32) end--;
  return text[end] === '"' ? text.slice(text.lastIndexOf('"', end - 1) + 1, end) : undefined;
}

function* namesOfIntegers(model: Model, types: Iterable<string>): Generator<string> {
  const seen = new Set<string>();
  const waiting = [...types];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const { keys } of model.type(name)?.properties ?? []) {
      for (const { key, type } of keys) {
        if (integers.has(type)) yield key;
        waiting.push(type);
      }
    }
  }
}
