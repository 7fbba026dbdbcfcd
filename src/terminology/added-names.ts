/**
 * What packages call codes of systems that are not their own: a supplement adds designations to a code system, a value
 * set has texts of its own for the concepts that it lists.
 * https://hl7.org/fhir/R4/codesystem.html#supplements, https://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.compose.include.concept.display
 */
import type {
  CodeSystem,
  CodeSystemConcept,
  ValueSet,
  ValueSetComposeIncludeConcept,
} from '@medplum/fhirtypes';
import { splitCanonical } from '../fhir/definition-finder.ts';
import type { Registry } from '../fhir/registry.ts';

/** Names by system and code. */
export type AddedNames = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

export function addedNames(registry: Pick<Registry, 'addedDefinitions'>): AddedNames {
  const all = new Map<string, Map<string, string[]>>();
  const add = (system: string, concepts: readonly (CodeSystemConcept | ValueSetComposeIncludeConcept)[]) => {
    const byCode = all.get(system) ?? new Map<string, string[]>();
    all.set(system, byCode);
    for (const { code = '', display, designation = [] } of concepts) {
      const names = [display ?? [], ...designation.map(({ value }) => value ?? [])].flat();
      byCode.set(code, [...(byCode.get(code) ?? []), ...names]);
    }
  };
  const systems = registry.addedDefinitions('CodeSystem') as readonly unknown[];
  for (const { supplements, concept = [] } of systems as readonly CodeSystem[]) {
    if (supplements !== undefined) add(splitCanonical(supplements).url, nested(concept));
  }
  const valueSets = registry.addedDefinitions('ValueSet') as readonly unknown[];
  for (const { compose } of valueSets as readonly ValueSet[]) {
    for (const { system, concept } of compose?.include ?? []) {
      if (system !== undefined && concept) add(system, concept);
    }
  }
  return all;
}

function nested(concepts: readonly CodeSystemConcept[]): CodeSystemConcept[] {
  return concepts.flatMap((one) => [one, ...nested(one.concept ?? [])]);
}
