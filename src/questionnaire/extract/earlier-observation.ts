/**
 * Observations of a response know which answer they were extracted from, so that a response that is extracted again
 * changes the very ones it made.
 * https://hl7.org/fhir/uv/sdc/extraction.html#observation-based-extraction
 */
import { isObject, objectsOf, type Resource } from '../../fhir/resource.ts';
import type { Extraction, Json } from './extraction.ts';

/** Of identifiers that name an answer: id of the response, linkId, and a number where there are several. */
const extractedAnswer = 'https://w3id.org/kat-fhir/sid/extracted-answer';

/** Of the next answer to an item, or of the next repetition of it; undefined for a response that is not stored. */
export function answerIdentifier({ response, entries }: Extraction, linkId: string): Json | undefined {
  if (response.id === undefined) return undefined;
  const place = `${response.id}.${linkId}.`;
  const isOfItem = ({ value }: Json): boolean => {
    const text = String(value);
    return text.startsWith(place) && /^\d+$/.test(text.slice(place.length));
  };
  const before = entries.filter(({ resource }) => answersOf(resource).some(isOfItem));
  return { system: extractedAnswer, value: `${place}${before.length + 1}` };
}

/** What was extracted from the same answer before; else one of the same code that names no answer. */
export function earlierObservation(
  { parts, entries }: Extraction,
  own: Json | undefined,
  code: Json,
): Resource | undefined {
  const taken = new Set(entries.map(({ resource }) => resource.id));
  const free = (parts.earlier ?? []).filter(({ id }) => !taken.has(id));
  const isSame = (other: unknown): boolean =>
    isObject(other) && objectsOf(other.coding).some((one) => objectsOf(code.coding).some(isCoded(one)));
  return (
    free.find((resource) => answersOf(resource).some(({ value }) => value === own?.value)) ??
    free.find((resource) => answersOf(resource).length === 0 && isSame(resource.code))
  );
}

/** By which others know it. */
export function otherIdentifiers(resource: Resource | undefined): Json[] {
  return objectsOf(resource?.identifier).filter((one) => !namesAnswer(one));
}

function answersOf({ identifier }: Json): Json[] {
  return objectsOf(identifier).filter(namesAnswer);
}

function namesAnswer({ system }: Json): boolean {
  return system === extractedAnswer;
}

const isCoded =
  (one: Json) =>
  (other: Json): boolean =>
    one.system === other.system && one.code === other.code;
