/**
 * The codes by which a report and its measure mean the same group, population, stratifier or component.
 * https://hl7.org/fhir/R4/measurereport-definitions.html#MeasureReport.group.code
 */
import { isObject, objectsOf } from '../../fhir/resource.ts';

export type Element = Record<string, unknown>;

const none: readonly never[] = [];

/** A concept, or a list of them. */
function conceptsOf(code: unknown): readonly Element[] {
  if (Array.isArray(code)) return objectsOf(code);
  return isObject(code) ? [code] : none;
}

/** What is compared: codes, and what stands in their place. */
const isNamed = ({ coding, text }: Element) => objectsOf(coding).length > 0 || typeof text === 'string';

export const hasName = (one: Element | undefined) => conceptsOf(one?.code).some(isNamed);

/** Of a report every part is compared with every one of its measure. */
export function sameCode(one: Element, other: Element): boolean {
  const theirs = conceptsOf(other.code);
  return conceptsOf(one.code).some((mine) => theirs.some((their) => sameConcept(mine, their)));
}

function sameConcept(one: Element, other: Element): boolean {
  if (typeof one.text === 'string' && one.text === other.text) return true;
  const theirs = objectsOf(other.coding);
  return objectsOf(one.coding).some(({ system, code }) =>
    theirs.some((their) => their.code === code && their.system === system),
  );
}

/** The codes of a concept, whatever their systems. */
export function codesOf(concept: unknown): readonly unknown[] {
  return isObject(concept) ? objectsOf(concept.coding).map(({ code }) => code) : [];
}
