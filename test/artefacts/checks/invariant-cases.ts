/** Every invariant of the guide has an instance that keeps it and one that breaks it. */
import type { StructureDefinition } from '@medplum/fhirtypes';
import type { GuideOnDisk } from '../guide-on-disk.ts';

export function invariantCases({ artefacts, cases }: GuideOnDisk): string[] {
  const present = new Set(cases.map(({ path }) => path.split('/').at(-1)));
  const profiles = artefacts
    .map(({ resource }) => resource as unknown as StructureDefinition)
    .filter(({ resourceType }) => resourceType === ('StructureDefinition' as string));
  const keys = new Set(
    profiles.flatMap(({ differential }) =>
      (differential?.element ?? []).flatMap(({ constraint = [] }) => constraint.map(({ key }) => key)),
    ),
  );
  return [...keys].flatMap((key) =>
    [`${key}-p1-pass.json`, `${key}-f1-fail.json`]
      .filter((name) => !present.has(name))
      .map((name) => `test/cases/invariants/${name} is missing`),
  );
}
