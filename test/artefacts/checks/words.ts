/** A profile is a differential, and what a clinician must be able to fill in or show is explained to them. */
import type { GuideOnDisk } from '../guide-on-disk.ts';

interface Differential {
  readonly element: readonly Readonly<Record<string, string | undefined>>[];
}

export function words({ artefacts }: GuideOnDisk): string[] {
  return artefacts.flatMap(({ path, resource }) => {
    if (resource.resourceType !== 'StructureDefinition') return [];
    if (resource.snapshot !== undefined) return [`${path}: has a snapshot, which the build makes`];
    const { element } = resource.differential as Differential;
    return element
      .filter(({ mustSupport, short, definition }) => mustSupport && (!short || !definition))
      .map(({ id }) => `${path}: ${id} is must-support without short and definition`);
  });
}
