/**
 * Profiles, tags and security labels as sets: a label is its system and code, a profile its whole URL.
 * https://hl7.org/fhir/R4/resource-operation-meta-add.html
 */
import type { MetaCoding, ResourceMeta } from '../fhir/resource.ts';

export const labelLists = ['profile', 'security', 'tag'] as const;
export type LabelList = (typeof labelLists)[number];

type Label = string | MetaCoding;

/** What tells a label from others; version and display do not. */
export function labelKey(label: Label): string {
  return typeof label === 'string' ? label : JSON.stringify([label.system ?? '', label.code ?? '']);
}

export function labelsOf(meta: ResourceMeta | undefined, list: LabelList): readonly Label[] {
  return meta?.[list] ?? [];
}

/** An operation of a JSON Patch. https://www.rfc-editor.org/rfc/rfc6902 */
interface PatchStep {
  readonly op: 'add' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** What adds the labels that a resource does not have yet. */
export function addingLabels(current: ResourceMeta, labels: ResourceMeta): PatchStep[] {
  return labelLists.flatMap((list) => {
    const present = new Set(labelsOf(current, list).map(labelKey));
    const steps: PatchStep[] = [];
    for (const label of labelsOf(labels, list)) {
      if (present.has(labelKey(label))) continue;
      if (present.size === 0) steps.push({ op: 'add', path: `/meta/${list}`, value: [] });
      steps.push({ op: 'add', path: `/meta/${list}/-`, value: label });
      present.add(labelKey(label));
    }
    return steps;
  });
}

/** What takes labels off a resource; those that it does not have are no matter. */
export function removingLabels(current: ResourceMeta, labels: ResourceMeta): PatchStep[] {
  return labelLists.flatMap((list) => {
    const unwanted = new Set(labelsOf(labels, list).map(labelKey));
    const present = labelsOf(current, list);
    const places = present.flatMap((label, place) => (unwanted.has(labelKey(label)) ? [place] : []));
    // FHIR has no empty lists.
    if (places.length > 0 && places.length === present.length)
      return [{ op: 'remove' as const, path: `/meta/${list}` }];
    return places.reverse().map((place) => ({ op: 'remove' as const, path: `/meta/${list}/${place}` }));
  });
}
