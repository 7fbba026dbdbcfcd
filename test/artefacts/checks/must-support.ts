/**
 * Every must-support element of every profile of the guide is present in at least one example, whether the guide marked
 * it or a profile of HL7 that it builds on. Found out by the validator itself: each profile is copied with a constraint
 * that no element meets on every must-support element, the examples claim the copies, and whatever breaks such a
 * constraint is there.
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

/** What a profile marks, but for what it forbids and what lies within. */
function supported({ snapshot }: StructureDefinition): string[] {
  const elements = snapshot?.element ?? [];
  const forbidden = elements.filter(({ max }) => max === '0').map(({ id }) => id!);
  const isForbidden = (id: string) => forbidden.some((one) => id === one || id.startsWith(`${one}.`));
  return elements.filter(({ id, mustSupport }) => mustSupport && !isForbidden(id!)).map(({ id }) => id!);
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
