/** The words of the guide's own codes, put beside each code in a resource that has none. */
import { openGuide } from '../../fhir/guide-file.ts';
import { isObject } from '../../fhir/resource.ts';

export type Displays = ReadonlyMap<string, string>;

interface Concept {
  readonly code: string;
  readonly display?: string;
}

/** Of every code system of the guide, by `system|code`. */
export function guideDisplays(): Displays {
  const displays = new Map<string, string>();
  for (const { type, text } of openGuide().artefacts) {
    if (type !== 'CodeSystem') continue;
    const { url, concept = [] } = JSON.parse(text()) as { url: string; concept?: Concept[] };
    for (const { code, display } of concept) if (display) displays.set(`${url}|${code}`, display);
  }
  return displays;
}

/** @returns the same value, with displays */
export function withDisplays<T>(value: T, displays: Displays): T {
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (!isObject(part)) return part;
    const object = Object.fromEntries(Object.entries(part).map(([name, child]) => [name, walk(child)]));
    const display = displays.get(`${object.system}|${object.code}`);
    return display === undefined || 'display' in object ? object : { ...object, display };
  };
  return walk(value) as T;
}
