/**
 * Conditional references: `Practitioner?identifier=…` in the place of an id becomes the id of the one resource that
 * the search finds, in the unit of work that stores the reference.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import { type FhirError, refuse } from '../core/fhir-error.ts';
import { replaceLinks } from '../fhir/json-splice.ts';
import { isObject, type Resource } from '../fhir/resource.ts';
import type { StoreReader } from '../storage/store.ts';
import { findMatch, parseCondition } from './conditional.ts';
import type { Services } from './interaction.ts';

export interface TextResource {
  readonly resource: Resource;
  /** JSON text of the resource. */
  readonly text: string;
}

const conditional = /^([A-Z][A-Za-z]+)\?/;
/** The text is asked first: hardly any resource has conditional references, and walking objects is dear. */
const conditionalInText = /"[A-Z][A-Za-z]+\?/;

/**
 * The resource with its conditional references resolved.
 * @throws FhirError 400 or 412 for one that means no resource, or several
 */
export async function withLocalReferences(
  services: Services,
  reader: StoreReader,
  written: TextResource,
): Promise<TextResource> {
  const targets = new Map<string, string>();
  for (const link of conditionalLinks(written)) {
    const target = targets.get(link) ?? (await targetOf(services, reader, link));
    if (target === undefined) throw leadsNowhere();
    targets.set(link, target);
  }
  return withLinks(services, written, targets);
}

/** The conditional references of a resource, as they are written. */
export function conditionalLinks({ resource, text }: TextResource): string[] {
  return conditionalInText.test(text)
    ? [...referencesIn(resource)].filter((link) => conditional.test(link))
    : [];
}

/**
 * What a conditional reference means, as `Type/id`; undefined when it matches nothing.
 * @throws FhirError 412 when it matches several resources, 400 when it is not understood
 */
export async function targetOf(
  services: Services,
  reader: StoreReader,
  link: string,
): Promise<string | undefined> {
  const type = conditional.exec(link)?.[1] ?? '';
  if (!services.registry.isResourceType(type)) return undefined;
  const match = await findMatch(services, reader, type, parseCondition(link));
  return match && `${match.type}/${match.id}`;
}

export function leadsNowhere(): FhirError {
  return refuse('conditional-reference', 'A conditional reference matches no resource');
}

/** The resource with its links rewritten, as text and parsed. */
export function withLinks(
  services: Services,
  { resource, text }: TextResource,
  targets: ReadonlyMap<string, string>,
): TextResource {
  const linked = replaceLinks(text, targets, services.holdsUri);
  return { text: linked, resource: linked === text ? resource : (JSON.parse(linked) as Resource) };
}

function* referencesIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    for (const item of value) yield* referencesIn(item);
  } else if (isObject(value)) {
    for (const [key, child] of Object.entries(value)) {
      if (key === 'reference' && typeof child === 'string') yield child;
      else yield* referencesIn(child);
    }
  }
}
