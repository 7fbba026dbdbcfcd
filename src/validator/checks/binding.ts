/**
 * Bindings: codes against the value set of their element, by its strength.
 * https://hl7.org/fhir/R4/terminologies.html#strength
 */
import type { ElementDefinitionBinding } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource.ts';
import type { Coding, Membership, Terminology } from '../../terminology/terminology.ts';
import type { FindingKey } from '../finding.ts';
import { type Notice, notice, type Run, say, sayOnce } from '../run.ts';
import { metCode } from './known-code.ts';

export interface Binding {
  readonly valueSet: string;
  readonly strength: 'required' | 'extensible' | 'preferred';
  /** Codes seen to be members, so that they need not be looked up again; bounded. */
  readonly members: Set<string>;
  readonly broken: Notice;
  readonly unchecked: Notice;
  /** The value set that no code may come from outside of, over the top of an extensible or preferred one. */
  readonly max: Binding | undefined;
}

const maxValueSet = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';

const rememberedMembers = 2000;
/** Types whose unit is a coding by their system and code, which they need not have. */
const quantities: ReadonlySet<string> = new Set(['Quantity', 'Age', 'Distance', 'Duration']);
const bindable = new Set([
  'code',
  'string',
  'uri',
  'url',
  'canonical',
  'markdown',
  'Coding',
  'CodeableConcept',
  'Quantity',
]);

/** Whether a binding on an element of this type can be checked. */
export function isBindable(type: string): boolean {
  return bindable.has(type);
}

const keys: Readonly<Record<Binding['strength'], FindingKey>> = {
  required: 'binding-required',
  extensible: 'binding-extensible',
  preferred: 'binding-preferred',
};

/** The binding as checks need it; undefined when it demands nothing. */
export function bindingOf(definition: ElementDefinitionBinding | undefined): Binding | undefined {
  const strength = definition?.strength;
  if (!definition?.valueSet || strength === undefined || strength === 'example') return undefined;
  const max = maxOf(definition);
  return makeBinding(
    definition.valueSet,
    strength,
    max === undefined || strength === 'required' ? undefined : makeBinding(max, 'required', undefined),
  );
}

/** The units that a type is bound to. A unit says what it is in words too: only the value set of usual ones is looked at. */
export function unitBinding(definition: ElementDefinitionBinding | undefined): Binding | undefined {
  return bindingOf(definition && { ...definition, extension: [] });
}

function makeBinding(valueSet: string, strength: Binding['strength'], max: Binding | undefined): Binding {
  return {
    valueSet,
    strength,
    members: new Set(),
    broken: notice(keys[strength], valueSet),
    unchecked: notice('binding-not-checked', valueSet),
    max,
  };
}

/** The value set of the maxValueSet extension of a binding, or of an additional binding of that purpose. */
export function maxOf(definition: ElementDefinitionBinding | undefined): string | undefined {
  const max = definition?.extension?.find(({ url }) => url === maxValueSet);
  return max?.valueCanonical ?? max?.valueUri ?? additionalValueSets(definition, 'maximum')[0];
}

const additional = 'http://hl7.org/fhir/tools/StructureDefinition/additional-binding';

/**
 * The value sets of the additional bindings of a purpose, of those that count in any context and for every repeat.
 * https://hl7.org/fhir/tools/StructureDefinition-additional-binding.html
 */
export function additionalValueSets(
  definition: ElementDefinitionBinding | undefined,
  purpose: string,
): string[] {
  return (definition?.extension ?? []).flatMap(({ url, extension = [] }) => {
    const part = (name: string) => extension.find((one) => one.url === name);
    if (url !== additional || part('purpose')?.valueCode !== purpose) return [];
    return part('usage') || part('any')?.valueBoolean ? [] : (part('valueSet')?.valueCanonical ?? []);
  });
}

function remember(codes: Set<string>, code: string): void {
  if (codes.size < rememberedMembers) codes.add(code);
}

/** Short names that R4 itself gives where it demands a MIME type. https://hl7.org/fhir/R4/http.html#mime-type */
const shortFormats = new Set(['xml', 'json', 'ttl', 'html', 'none']);
const mimeTypes = 'http://hl7.org/fhir/ValueSet/mimetypes';

/** Membership of a bare code. */
function codeMembership(code: string, binding: Binding, terminology: Terminology): Membership {
  if (shortFormats.has(code) && binding.valueSet.startsWith(mimeTypes)) return 'member';
  if (binding.members.has(code)) return 'member';
  const membership = terminology.containsCode(binding.valueSet, code);
  if (membership === 'member') remember(binding.members, code);
  return membership;
}

function codingMembership(
  value: unknown,
  binding: Binding,
  terminology: Terminology,
  run: Run | undefined,
): Membership | undefined {
  if (!isObject(value)) return undefined;
  const known = run && metCode(run.metCodings, value);
  const seen = known?.memberships.get(binding);
  if (seen !== undefined) return seen;
  const { system = '', code, version } = value;
  if (typeof code !== 'string' || typeof system !== 'string') return undefined;
  const coding: Coding = { system: system === '' ? undefined : system, code };
  const membership = terminology.contains(
    binding.valueSet,
    typeof version === 'string' ? { ...coding, version } : coding,
  );
  known?.memberships.set(binding, membership);
  return membership;
}

/** Whether a coding that was just met is one that the binding is known to have: then there is nothing to check. */
export function isMetMember(coding: unknown, run: Run, binding: Binding): boolean {
  return metCode(run.metCodings, coding)?.memberships.get(binding) === 'member';
}

/** The same of the codings of a concept, as there mostly is one. */
export function isMetConcept(codings: unknown, run: Run, binding: Binding): boolean {
  return Array.isArray(codings) && codings.length === 1 && isMetMember(codings[0], run, binding);
}

/** The best that any coding of a concept offers; undefined when it has no code. */
function conceptMembership(
  value: unknown,
  binding: Binding,
  terminology: Terminology,
  run: Run | undefined,
): Membership | undefined {
  if (!isObject(value) || !Array.isArray(value.coding)) return undefined;
  let best: Membership | undefined;
  for (const coding of value.coding) {
    const membership = codingMembership(coding, binding, terminology, run);
    if (membership === 'member') return 'member';
    if (membership === 'unknown' || best === undefined) best = membership;
  }
  return best;
}

/** Membership of any bindable value; undefined when it holds no code. */
export function membershipOf(
  value: unknown,
  type: string,
  binding: Binding,
  terminology: Terminology,
  run: Run | undefined,
): Membership | undefined {
  if (type === 'CodeableConcept') return conceptMembership(value, binding, terminology, run);
  if (type === 'Coding' || quantities.has(type)) return codingMembership(value, binding, terminology, run);
  return typeof value === 'string' ? codeMembership(value, binding, terminology) : undefined;
}

/** Checks a value against a binding of its element. */
export function checkBinding(
  value: unknown,
  run: Run,
  type: string,
  binding: Binding,
  terminology: Terminology,
): void {
  const membership = membershipOf(value, type, binding, terminology, run);
  if (membership === 'member') return;
  if (binding.max) {
    const allowed = membershipOf(value, type, binding.max, terminology, run);
    const textOnly = allowed === undefined && binding.strength === 'extensible' && type === 'CodeableConcept';
    if (allowed === 'not-member' || textOnly) {
      say(run, binding.max.broken, '');
      return;
    }
  }
  if (membership === 'unknown') sayOnce(run, binding.unchecked, '');
  else if (membership === 'not-member') say(run, binding.broken, '');
  else if (binding.strength === 'required' && !quantities.has(type)) say(run, binding.broken, '');
}
