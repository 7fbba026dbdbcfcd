/**
 * The restricted FHIRPath of discriminators: element names, `$this`, `extension(url)`, `ofType(type)` or `as(type)`,
 * `resolve()`.
 * https://hl7.org/fhir/R4/profiling.html#discriminator
 */
import { isObject } from '../fhir/resource.ts';
import { referenceType, resolveReference } from './checks/reference.ts';
import type { Compilation } from './compilation.ts';
import { companionKey, typeOf } from './instance.ts';
import type { Run } from './run.ts';

export interface Step {
  readonly kind: 'child' | 'extension' | 'ofType' | 'resolve';
  /** Element, extension url or type. */
  readonly name: string;
}

/** A value on the way, with the type it has. */
export interface Place {
  readonly value: unknown;
  readonly type: string;
  /** The `_name` of a primitive. */
  readonly companion?: unknown;
}

const pattern =
  /(\$this)|(?:extension\(\s*['"]([^'"]+)['"]\s*\))|(?:(?:ofType|as)\(\s*(?:FHIR\.)?([\w.]+)\s*\))|(resolve\(\))|([A-Za-z_]\w*)(?:\[x\])?/g;

export function discriminatorSteps(path: string): Step[] {
  const steps: Step[] = [];
  for (const [, self, url, type, resolve, name] of path.matchAll(pattern)) {
    if (self) continue;
    if (url) steps.push({ kind: 'extension', name: url });
    else if (type) steps.push({ kind: 'ofType', name: type });
    else if (resolve) steps.push({ kind: 'resolve', name: '' });
    else if (name) steps.push({ kind: 'child', name });
  }
  return steps;
}

/** The values that a path leads to from an occurrence. */
export function placesAt(from: Place, steps: readonly Step[], run: Run, compilation: Compilation): Place[] {
  let places: Place[] = from.value === undefined && from.companion === undefined ? [] : [from];
  for (const step of steps) places = places.flatMap((place) => follow(place, step, run, compilation));
  return places;
}

function follow(place: Place, step: Step, run: Run, compilation: Compilation): Place[] {
  const { value, type } = place;
  if (step.kind === 'ofType') return type === step.name ? [place] : [];
  if (step.kind === 'resolve') {
    const reference = isObject(value) ? value : { reference: value };
    const text = reference.reference;
    const target = typeof text === 'string' ? resolveReference(text, run) : undefined;
    if (target) return [{ value: target.value, type: target.type }];
    const named = referenceType(reference, run);
    return named === undefined ? [] : [{ value: undefined, type: named }];
  }
  const holder = isObject(value) ? value : place.companion;
  if (!isObject(holder)) return [];
  if (step.kind === 'extension') {
    const list = Array.isArray(holder.extension) ? holder.extension : [];
    return list
      .filter((one) => isObject(one) && one.url === step.name)
      .map((one) => ({ value: one, type: 'Extension' }));
  }
  return childPlaces(holder, type, step.name, compilation);
}

function childPlaces(
  holder: Record<string, unknown>,
  type: string,
  name: string,
  compilation: Compilation,
): Place[] {
  const property = compilation.registry.model.type(type)?.property(name);
  const keys = property?.keys ?? [{ key: name, type: '' }];
  for (const { key, type: declared } of keys) {
    const values = listOf(holder[key]);
    const companions = listOf(holder[companionKey(key, declared) ?? '']);
    if (values.length === 0 && companions.length === 0) continue;
    return Array.from({ length: Math.max(values.length, companions.length) }, (_, i) => ({
      value: values[i] ?? undefined,
      type: typeOf(values[i], declared),
      companion: companions[i] ?? undefined,
    }));
  }
  return [];
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
