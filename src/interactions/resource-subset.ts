/**
 * Parts of resources: `_summary` and `_elements`. Members are cut out of the stored text, so that what stays is as it
 * was submitted, decimals to the digit; what was cut from is marked SUBSETTED.
 * https://hl7.org/fhir/R4/search.html#summary and https://hl7.org/fhir/R4/search.html#elements
 */
import {
  isArrayAt,
  isObjectAt,
  itemSpans,
  type MemberSpan,
  memberSpans,
  skipSpace,
} from '../fhir/json-text.ts';
import type { Registry } from '../fhir/registry.ts';
import type { Subset } from '../search/search-request.ts';

/** The resource, as JSON text, with only the parts asked for. */
export type SubsetResource = (type: string, text: string, subset: Subset) => string;

interface ElementFlags {
  readonly summary: boolean;
  readonly mandatory: boolean;
}

const always: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta']);
const subsetted =
  '{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED","display":"subsetted"}';

export function createResourceSubset(registry: Registry): SubsetResource {
  const known = new Map<string, ReadonlyMap<string, ElementFlags>>();

  /** By path without `[x]`. */
  function flagsOf(type: string): ReadonlyMap<string, ElementFlags> {
    let flags = known.get(type);
    if (!flags) {
      const elements = registry.typeStructure(type)?.snapshot?.element ?? [];
      flags = new Map(
        elements.map(({ path = '', isSummary = false, min = 0 }) => [
          path.replace('[x]', ''),
          { summary: isSummary, mandatory: min > 0 },
        ]),
      );
      known.set(type, flags);
    }
    return flags;
  }

  function keeps(type: string, name: string, subset: Subset): boolean {
    if (always.has(name)) return true;
    const flags = flagsOf(type).get(`${type}.${name}`);
    switch (subset.by) {
      case 'summary':
        return flags?.summary ?? false;
      case 'text':
        return name === 'text' || (flags?.mandatory ?? false);
      case 'data':
        return name !== 'text';
      case 'elements':
        return (
          (flags?.mandatory ?? false) ||
          [type, ''].some((owner) => subset.names.get(owner)?.has(name) ?? false)
        );
    }
  }

  function nameOf(path: string, key: string): string {
    const bare = key.startsWith('_') ? key.slice(1) : key;
    return registry.model.type(path)?.key(bare)?.property.name ?? bare;
  }

  /** A backbone element with its summary elements only. */
  function summaryOf(path: string, text: string, at: number, end: number): string {
    if (isArrayAt(text, at)) {
      const items = itemSpans(text, at).map((item) => summaryOf(path, text, item.start, item.end));
      return `[${items.join(',')}]`;
    }
    if (!isObjectAt(text, at)) return text.slice(at, end);
    const flags = flagsOf(path.slice(0, path.indexOf('.')));
    const kept = memberSpans(text, at).filter(
      ({ key }) => key === 'id' || flags.get(`${path}.${nameOf(path, key)}`)?.summary,
    );
    return `{${kept.map((member) => summaryMember(path, text, member)).join(',')}}`;
  }

  function summaryMember(path: string, text: string, member: MemberSpan): string {
    const [inner] = registry.model.type(path)?.key(member.key)?.property.types ?? [];
    const isBackbone = inner !== undefined && registry.model.type(inner)?.kind === 'backbone';
    if (!isBackbone) return text.slice(member.start, member.end);
    return `${JSON.stringify(member.key)}:${summaryOf(inner, text, member.value, member.end)}`;
  }

  return (type, text, subset) => {
    // Elements of other types are named: this one stays whole.
    if (subset.by === 'elements' && !subset.names.has('') && !subset.names.has(type)) return text;
    const parts: string[] = [];
    for (const member of memberSpans(text, skipSpace(text, 0))) {
      if (!keeps(type, nameOf(type, member.key), subset)) continue;
      if (member.key === 'meta') parts.push(`"meta":${tagged(text, member)}`);
      else if (subset.by === 'summary') parts.push(summaryMember(type, text, member));
      else parts.push(text.slice(member.start, member.end));
    }
    return `{${parts.join(',')}}`;
  };
}

/** Meta with the tag; every stored resource has a meta. */
function tagged(text: string, meta: MemberSpan): string {
  const parts = memberSpans(text, meta.value).map((member) => {
    if (member.key !== 'tag') return text.slice(member.start, member.end);
    const tags = itemSpans(text, member.value).map(({ start, end }) => text.slice(start, end));
    return `"tag":[${[...tags, subsetted].join(',')}]`;
  });
  if (!parts.some((part) => part.startsWith('"tag"'))) parts.push(`"tag":[${subsetted}]`);
  return `{${parts.join(',')}}`;
}
