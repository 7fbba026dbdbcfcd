/**
 * Ids that a form allocates, so that resources of one transaction can refer to each other.
 * https://hl7.org/fhir/uv/sdc/StructureDefinition-sdc-questionnaire-extractAllocateId.html
 */
import { objectsOf } from '../../fhir/resource.ts';
import { type Extraction, type Json, newUrl, sdc } from './extraction.ts';

/** A new `urn:uuid:` for each name that the form, or an item of it, declares. */
export function allocatedIds(element: Json, extraction: Extraction): Record<string, string> {
  const names = objectsOf(element.extension).flatMap(({ url, valueString }) =>
    url === `${sdc}extractAllocateId` && typeof valueString === 'string' ? [valueString] : [],
  );
  return Object.fromEntries(names.map((name) => [name, newUrl(extraction)]));
}
