/**
 * A shipped code system as a table of its concepts, with the hierarchy of nesting and of parent properties.
 * https://hl7.org/fhir/R4/codesystem.html
 */
import type { CodeSystem, CodeSystemConcept, CodeSystemConceptProperty } from '@medplum/fhirtypes';

export interface Concept {
  readonly code: string;
  readonly display: string | undefined;
  readonly designations: readonly string[];
  readonly parents: readonly string[];
  /** Values of the concept's properties as text, by property code. */
  readonly properties: ReadonlyMap<string, readonly string[]>;
}

export interface CodeSystemContent {
  /** `complete`: a code that is not here does not exist. */
  readonly completeness: 'complete' | 'partial';
  find(code: string): Concept | undefined;
  concepts(): Iterable<Concept>;
  /** Whether `code` lies below `ancestor`, at any depth. */
  isBelow(code: string, ancestor: string): boolean;
}

/** Properties by which code systems of HL7 name a parent besides nesting. */
const parentProperties: ReadonlySet<string> = new Set(['parent', 'subsumedBy']);

/** @returns undefined for a code system that ships no content (`not-present`, `supplement`) */
export function codeSystemContent(system: CodeSystem): CodeSystemContent | undefined {
  if (!system.concept || system.content === 'not-present' || system.content === 'supplement')
    return undefined;
  // Only a system that says so folds case. https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.caseSensitive
  const keyOf =
    system.caseSensitive === false ? (code: string) => code.toLowerCase() : (code: string) => code;
  const byKey = new Map<string, Concept>();
  collect(system.concept, undefined, keyOf, byKey);
  const find = (code: string): Concept | undefined => byKey.get(keyOf(code));
  return {
    completeness: system.content === 'complete' ? 'complete' : 'partial',
    find,
    concepts: () => byKey.values(),
    isBelow(code, ancestor) {
      const seen = new Set<string>();
      const open = [...(find(code)?.parents ?? [])];
      for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
        if (keyOf(parent) === keyOf(ancestor)) return true;
        if (seen.has(parent)) continue;
        seen.add(parent);
        open.push(...(find(parent)?.parents ?? []));
      }
      return false;
    },
  };
}

function collect(
  concepts: readonly CodeSystemConcept[],
  parent: string | undefined,
  keyOf: (code: string) => string,
  into: Map<string, Concept>,
): void {
  for (const { code, display, designation, property, concept } of concepts) {
    if (code === undefined) continue;
    const properties = new Map<string, string[]>();
    for (const entry of property ?? []) {
      const name = entry.code ?? '';
      const text = entry.valueCode ?? entry.valueCoding?.code ?? String(propertyValue(entry) ?? '');
      properties.set(name, [...(properties.get(name) ?? []), text]);
    }
    const named = [...parentProperties].flatMap((name) => properties.get(name) ?? []);
    into.set(keyOf(code), {
      code,
      display,
      designations: (designation ?? []).flatMap(({ value }) => value ?? []),
      parents: parent === undefined ? named : [parent, ...named],
      properties,
    });
    if (concept) collect(concept, code, keyOf, into);
  }
}

function propertyValue(property: CodeSystemConceptProperty): string | number | boolean | undefined {
  return (
    property.valueString ??
    property.valueInteger ??
    property.valueBoolean ??
    property.valueDateTime ??
    property.valueDecimal
  );
}
