/**
 * What an element of a profile constrains: the element of its base, or, where the base says nothing of it, the element
 * of the type that is entered. A slice constrains what it is a slice of.
 * https://hl7.org/fhir/R4/profiling.html#differential, https://hl7.org/fhir/R4/elementdefinition.html#id
 */
import type { ElementDefinition, ElementDefinitionType, StructureDefinition } from '@medplum/fhirtypes';
import { choiceKey } from '../../fhir/choice-key.ts';
import { isObject } from '../../fhir/resource.ts';
import type { RuleContext } from '../type-rules.ts';

type ById = ReadonlyMap<string, ElementDefinition>;

/** An element, and the snapshot that its children may be found in. */
interface Found {
  readonly element: ElementDefinition;
  readonly among: ById;
}

/** By the id of an element of the profile. */
export interface InheritedElements {
  element(id: string): ElementDefinition | undefined;
  /** The codes of the types that an element has, as far as the profile has narrowed them. */
  types(id: string): readonly string[];
}

const codesOf = (all: readonly ElementDefinitionType[]) => [...new Set(all.map(({ code = '' }) => code))];

const types = 'http://hl7.org/fhir/StructureDefinition/';

export const idOf = ({ id, path }: ElementDefinition): string => id ?? path ?? '';

/** `Patient.identifier` of `Patient.identifier:mrn`, and of `Patient.identifier:mrn/old`; undefined of what is no slice. */
export function wholeOf(id: string): string | undefined {
  const slice = id.lastIndexOf(':');
  return slice > id.lastIndexOf('.') ? id.slice(0, slice) : undefined;
}

const byId = (elements: readonly ElementDefinition[] = []): ById =>
  new Map(elements.filter(isObject).map((element) => [idOf(element), element]));

/** @param own elements of the profile, which may say of what type a choice is before it is entered */
export function inheritedElements(
  base: StructureDefinition | undefined,
  own: readonly ElementDefinition[],
  { structure, model }: RuleContext,
): InheritedElements {
  const ofBase = byId(base?.snapshot?.element);
  const stated = byId(own);
  const found = new Map<string, Found | undefined>();

  function find(id: string): Found | undefined {
    if (found.has(id)) return found.get(id);
    const element = ofBase.get(id);
    const whole = wholeOf(id);
    const result = element ? { element, among: ofBase } : whole === undefined ? childOf(id) : find(whole);
    found.set(id, result);
    return result;
  }

  function childOf(id: string): Found | undefined {
    const dot = id.lastIndexOf('.');
    const holderId = id.slice(0, dot);
    const step = id.slice(dot + 1);
    const holder = dot === -1 ? undefined : find(holderId);
    if (!holder) return undefined;
    const { element, among } = holder;
    const places = [idOf(element), element.contentReference?.split('#')[1] ?? ''];
    for (const place of places) {
      const child = stepFrom(among, place, step);
      if (child) return { element: child, among };
    }
    const entered = typeOf(holderId, holder);
    const elements = byId(entered?.snapshot?.element);
    const child = stepFrom(elements, entered?.type ?? '', step);
    return child && { element: child, among: elements };
  }

  /** `value[x]`, or one of its types: `valueQuantity`. */
  function stepFrom(among: ById, place: string, step: string): ElementDefinition | undefined {
    const exact = among.get(`${place}.${step}`);
    if (exact) return exact;
    const choice = model.type(place)?.key(step)?.property;
    return choice?.choice ? among.get(`${place}.${choice.name}[x]`) : undefined;
  }

  /** The types that an element has there. */
  function possible(id: string, holder: Found): readonly ElementDefinitionType[] {
    const narrowed = stated.get(id)?.type ?? named(id, holder) ?? stated.get(wholeOf(id) ?? '')?.type;
    return narrowed ?? holder.element.type ?? [];
  }

  /** The only type, or profile of a type, that an element has there. */
  function typeOf(id: string, holder: Found): StructureDefinition | undefined {
    const one = possible(id, holder);
    const [code, ...others] = codesOf(one);
    if (code === undefined || others.length > 0) return undefined;
    const profiles = one.flatMap(({ profile = [] }) => profile);
    const [profile] = profiles.length === 1 ? profiles : [];
    return (profile === undefined ? undefined : structure(profile)) ?? structure(types + code);
  }

  /** The type that the name of an element or a slice has in it: `value[x]:valueQuantity`, `valueQuantity`. */
  function named(id: string, { element }: Found): ElementDefinition['type'] {
    if (!element.path?.endsWith('[x]')) return undefined;
    const name = id.slice(Math.max(id.lastIndexOf('.'), id.lastIndexOf(':')) + 1);
    const start = element.path.slice(element.path.lastIndexOf('.') + 1, -'[x]'.length);
    const type = element.type?.find(({ code = '' }) => name === choiceKey(start, code));
    return type && [type];
  }

  return {
    element: (id) => find(id)?.element,
    types(id) {
      const holder = find(id);
      return holder ? codesOf(possible(id, holder)) : [];
    },
  };
}
