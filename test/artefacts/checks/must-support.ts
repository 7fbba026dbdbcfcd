/**
 * Every element that the guide's profiles mark as must-support is present in at least one example. Found out by the validator itself:
 * each profile is copied with a constraint that no element meets on every must-support element, the examples claim
 * the copies, and whatever breaks such a constraint is there.
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import type { Resource } from '../../../src/fhir/resource.ts';
import { eachObject } from '../../support/guide-files.ts';
import { registry, validatorOver } from '../../validator/parts.ts';
import { base, type GuideOnDisk } from '../guide-on-disk.ts';

const keyPrefix = 'shown-';
const copyOf = (url: string): string => `${url}-shown`;

export function mustSupport({ artefacts, examples }: GuideOnDisk): string[] {
  const profiles = registry
    .guideArtefacts('StructureDefinition')
    .map((resource) => resource as unknown as StructureDefinition)
    .filter(({ type }) => type !== 'Extension');
  const validator = validatorOver(registry.extend(profiles.map(withImpossibleConstraints)));
  const shown = new Set<string>();
  const claimed = new Set<string>();
  for (const { resource } of [...examples, ...artefacts]) {
    const copy = structuredClone(resource);
    if (claimCopies(copy, claimed) === 0) continue;
    for (const { key } of validator.validate(copy)) if (key.startsWith(keyPrefix)) shown.add(key);
  }
  return profiles.flatMap((profile) => {
    const name = `${profile.id}`;
    if (!claimed.has(profile.url!)) return [`${name}: no example claims it`];
    const absent = supported(profile)
      .filter((id) => !shown.has(keyOf(profile, id)))
      .map((id) => id.slice(id.indexOf('.') + 1));
    return absent.length > 0 ? [`${name}: in no example ${absent.join(', ')}`] : [];
  });
}

/** Elements that the guide marks; what a profile of HL7 that it builds on marks already is HL7's to show. */
function supported(profile: StructureDefinition): string[] {
  const foundation = registry.structure(foundationOf(profile));
  const before = new Set(marked(foundation));
  return marked(profile).filter((id) => !before.has(id));
}

function marked(profile: StructureDefinition | undefined): string[] {
  const elements = profile?.snapshot?.element ?? [];
  return elements.filter(({ mustSupport, max }) => mustSupport && max !== '0').map(({ id }) => id!);
}

/** The first definition below a profile that is not the guide's. */
function foundationOf({ baseDefinition = '' }: StructureDefinition): string {
  const own = baseDefinition.startsWith(`${base}/`) ? registry.structure(baseDefinition) : undefined;
  return own ? foundationOf(own) : baseDefinition;
}

const keyOf = ({ id }: StructureDefinition, element: string): string => `${keyPrefix}${id} ${element}`;

function withImpossibleConstraints(profile: StructureDefinition): Resource {
  const ids = new Set(supported(profile));
  const copy = structuredClone(profile);
  for (const element of copy.snapshot!.element!) {
    if (!ids.has(element.id!)) continue;
    const key = keyOf(profile, element.id!);
    element.constraint = [
      ...(element.constraint ?? []),
      { key, severity: 'warning', human: 'Present', expression: 'false' },
    ];
  }
  return { ...copy, url: copyOf(profile.url!) } as unknown as Resource;
}

/** Lets every resource in it claim the copies of what it claims of the guide, and of what those profiles build on. */
function claimCopies(resource: Resource, claimed: Set<string>): number {
  let count = 0;
  eachObject(resource, (object) => {
    const meta = object.meta as { profile?: string[] } | undefined;
    if (typeof object.resourceType !== 'string' || !meta?.profile) return;
    const urls = new Set(meta.profile.flatMap((profile) => lineage(profile.split('|')[0]!)));
    for (const url of urls) claimed.add(url);
    count += urls.size;
    meta.profile = [...urls].map(copyOf);
  });
  return count;
}

/** A profile of the guide and those of the guide that it is derived from. */
function lineage(url: string): string[] {
  if (!url.startsWith(`${base}/`)) return [];
  const profile = registry.structure(url);
  return profile ? [url, ...lineage(profile.baseDefinition ?? '')] : [];
}
