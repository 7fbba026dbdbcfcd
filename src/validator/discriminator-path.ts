/**
 * The restricted FHIRPath of discriminators: element names, `$this`, `extension(url)`, `ofType(type)`, `resolve()`.
 * https://hl7.org/fhir/R4/profiling.html#discriminator
 */
import { isObject } from '../fhir/resource.ts';
import { resolveReference } from './checks/reference.ts';
import type { Compilation } from './compilation.ts';
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
}

const pattern =
  /(\$this)|(?:extension\(\s*['"]([^'"]+)['"]\s*\))|(?:ofType\(\s*([\w.]+)\s*\))|(resolve\(\))|([A-Za-z_]\w*)(?:\[x\])?/g;

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
  let places: Place[] = from.value === undefined ? [] : [from];
  for (const step of steps) places = places.flatMap((place) => follow(place, step, run, compilation));
  return places;
}

function follow(place: Place, step: Step, run: Run, compilation: Compilation): Place[] {
  const { value, type } = place;
  if (step.kind === 'ofType') return type === step.name ? [place] : [];
  if (step.kind === 'resolve') {
    const text = isObject(value) ? value.reference : value;
    if (typeof text !== 'string') return [];
    const target = resolveReference(text, run);
    if (target) return [{ value: target.value, type: target.type }];
    const name = /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+$/.exec(text)?.[1];
    return name === undefined ? [] : [{ value: undefined, type: name }];
  }
  if (!isObject(value)) return [];
  if (step.kind === 'extension') {
    const list = Array.isArray(value.extension) ? value.extension : [];
    return list
      .filter((one) => isObject(one) && one.url === step.name)
      .map((one) => ({ value: one, type: 'Extension' }));
  }
  return childPlaces(value, type, step.name, compilation);
}

function childPlaces(
  value: Record<string, unknown>,
  type: string,
  name: string,
  compilation: Compilation,
): Place[] {
  const property = compilation.registry.model.type(type)?.property(name);
  const keys = property?.keys ?? [{ key: name, type: '' }];
  for (const { key, type: declared } of keys) {
    const child = value[key];
    if (child === undefined || child === null) continue;
    const list: unknown[] = Array.isArray(child) ? child : [child];
    return list.map((one) => ({
      value: one,
      type: isObject(one) && typeof one.resourceType === 'string' ? one.resourceType : declared,
    }));
  }
  return [];
}
