/**
 * Integers as they are spelled: FHIR has none with a decimal point, though `1.0` and `1` are one number to JSON.
 * Such a number is looked for in the text, which is gone through only where an integer may be among those found.
 * https://hl7.org/fhir/R4/datatypes.html#integer
 */
import { isSpelledObject, readSpelled, type Spelled } from '../../fhir/json-spelled.ts';
import type { Model } from '../../fhir/model.ts';
import { found, type Run, stepAt } from '../run.ts';

const integers: ReadonlySet<string> = new Set(['integer', 'positiveInt', 'unsignedInt']);

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
    } else if (integers.has(type) && value?.includes('.')) found(run, 'format', path, path, type);
  }

  return (text, run) => {
    for (let at = text.indexOf('.0'); at >= 0; at = text.indexOf('.0', at + 2)) {
      const name = nameOfNumber(text, at);
      if (name === undefined) continue;
      names ??= new Set(namesOfIntegers(model, types));
      // A number without a name is one of an array.
      if (name !== '' && !names.has(name)) continue;
      walk(readSpelled(text), run.scope.type, '', run);
      return;
    }
  };
}

const digit = (c: number) => c >= 48 && c <= 57;
const space = (c: number) => c === 32 || (c >= 9 && c <= 13);

/** The name of the whole number that has a point here, empty in an array; undefined when it is no such number. */
function nameOfNumber(text: string, point: number): string | undefined {
  let end = point + 2;
  while (text.charCodeAt(end) === 48) end++;
  if (digit(text.charCodeAt(end))) return undefined;
  let at = point - 1;
  if (!digit(text.charCodeAt(at))) return undefined;
  while (digit(text.charCodeAt(at)) || text[at] === '-') at--;
  while (space(text.charCodeAt(at))) at--;
  if (text[at] === ',' || text[at] === '[') return '';
  if (text[at] !== ':') return undefined;
  at--;
  while (space(text.charCodeAt(at))) at--;
  return text[at] === '"' ? text.slice(text.lastIndexOf('"', at - 1) + 1, at) : undefined;
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
