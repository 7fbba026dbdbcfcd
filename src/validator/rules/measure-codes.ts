/**
 * The codes by which a report and its measure mean the same group, population, stratifier or component.
 * https://hl7.org/fhir/R4/measurereport-definitions.html#MeasureReport.group.code
 */
import { isObject, objectsOf } from '../../fhir/resource.ts';

export type Element = Record<string, unknown>;

/** Codes and text of a concept, or of a list of them, as names to compare. */
function names(concepts: unknown): string[] {
  const list = Array.isArray(concepts) ? concepts : [concepts];
  return list
    .filter(isObject)
    .flatMap((concept) => [
      ...objectsOf(concept.coding).map(({ system, code }) => `${String(system)}|${String(code)}`),
      ...(typeof concept.text === 'string' ? [concept.text] : []),
    ]);
}

export const hasName = (one: Element | undefined) => names(one?.code).length > 0;

export function sameCode(one: Element, other: Element): boolean {
  const theirs = names(other.code);
  return names(one.code).some((name) => theirs.includes(name));
}

/** The codes of a concept, whatever their systems. */
export function codesOf(concept: unknown): readonly unknown[] {
  return isObject(concept) ? objectsOf(concept.coding).map(({ code }) => code) : [];
}
