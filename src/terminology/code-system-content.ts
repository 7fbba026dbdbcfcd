/**
 * A code system as a table of its concepts, with the hierarchy of nesting and of parent properties.
 * https://hl7.org/fhir/R4/codesystem.html
 */
import type { CodeSystem, CodeSystemConcept, CodeSystemConceptProperty } from '@medplum/fhirtypes';
import { type Placeholder, placeholdersIn } from './placeholder-codes.ts';

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
  /** Concepts and the values of their properties: what looking at all of them comes to. */
  readonly size: number;
  find(code: string): Concept | undefined;
  concepts(): Iterable<Concept>;
  /** The concepts that lie right below another one. */
  children(concept: Pick<Concept, 'code'>): readonly Concept[];
  /** The concepts that lie below a code, at any depth. */
  below(code: string): ReadonlySet<Concept>;
  /** The concepts that lie above a code, at any height. */
  above(code: string): ReadonlySet<Concept>;
}

/** Properties by which code systems of HL7 name a parent besides nesting. */
const parentProperties: ReadonlySet<string> = new Set(['parent', 'subsumedBy']);

/** Code systems that others than HL7 go on writing, of which R4 has an old edition in full. */
const outgrown: ReadonlySet<string> = new Set(['http://dicom.nema.org/resources/ontology/DCM']);

/** @returns undefined for a code system that ships no content (`not-present`, `supplement`) */
export function codeSystemContent(system: CodeSystem): CodeSystemContent | undefined {
  if (!system.concept || system.content === 'not-present' || system.content === 'supplement')
    return undefined;
  // Only a system that says so folds case. https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.caseSensitive
  const keyOf =
    system.caseSensitive === false ? (code: string) => code.toLowerCase() : (code: string) => code;
  const byKey = new Map<string, Concept>();
  collect(system.concept, undefined, keyOf, byKey);
  let placeholders: readonly Placeholder[] | undefined;
  /** What a placeholder stands for has no name of its own. */
  const findFilled = (code: string): Concept | undefined => {
    placeholders ??= placeholdersIn(system.url, byKey.values());
    const stands = placeholders.find(({ form }) => form.test(code));
    const concept = stands && byKey.get(keyOf(stands.code));
    return concept && { ...concept, code, display: undefined, designations: [] };
  };
  const find = (code: string): Concept | undefined => byKey.get(keyOf(code)) ?? findFilled(code);
  let children: ReadonlyMap<string, readonly Concept[]> | undefined;
  const childrenOf = ({ code }: Pick<Concept, 'code'>): readonly Concept[] => {
    children ??= childrenByParent(byKey.values(), keyOf);
    return children.get(keyOf(code)) ?? [];
  };
  const parentsOf = ({ parents }: Pick<Concept, 'parents'>): Concept[] =>
    parents.flatMap((parent) => find(parent) ?? []);
  return {
    completeness: system.content === 'complete' && !outgrown.has(system.url ?? '') ? 'complete' : 'partial',
    size: sizeOf(byKey.values()),
    find,
    concepts: () => byKey.values(),
    children: childrenOf,
    // A parent need not be a concept of its own where only a fragment is here.
    below: (code) => reachable(childrenOf({ code }), childrenOf),
    above: (code) => reachable(parentsOf(find(code) ?? { parents: [] }), parentsOf),
  };
}

/** Whether a concept is out of use. https://hl7.org/fhir/R4/codesystem.html#status */
export function isInactive({ properties }: Concept): boolean {
  const status = properties.get('status')?.[0];
  return properties.get('inactive')?.[0] === 'true' || status === 'retired' || status === 'inactive';
}

function sizeOf(concepts: Iterable<Concept>): number {
  let size = 0;
  for (const { parents, properties } of concepts) {
    size += 1 + parents.length;
    for (const values of properties.values()) size += values.length;
  }
  return size;
}

function childrenByParent(
  concepts: Iterable<Concept>,
  keyOf: (code: string) => string,
): ReadonlyMap<string, readonly Concept[]> {
  const children = new Map<string, Concept[]>();
  for (const concept of concepts) {
    for (const parent of concept.parents) {
      const key = keyOf(parent);
      const siblings = children.get(key);
      if (siblings) siblings.push(concept);
      else children.set(key, [concept]);
    }
  }
  return children;
}

function reachable(
  start: readonly Concept[],
  next: (concept: Concept) => readonly Concept[],
): ReadonlySet<Concept> {
  const found = new Set(start);
  // A set goes on to what is added while it is gone through.
  for (const concept of found) for (const one of next(concept)) found.add(one);
  return found;
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
