/**
 * The guide's own resource: its ImplementationGuide is written without contents, and lists every artefact that is there
 * when the guide is compiled.
 * https://hl7.org/fhir/R4/implementationguide.html
 */
import type { ImplementationGuideDefinitionResource } from '@medplum/fhirtypes';
import type { Resource } from './resource.ts';

/**
 * @param isListed whether references can lead to resources of a type
 * @returns the artefacts, with the contents in the ImplementationGuide if there is one
 */
export function withContents(
  artefacts: readonly Resource[],
  isListed: (type: string) => boolean,
): Resource[] {
  const contents = artefacts
    .filter((artefact) => !isGuide(artefact) && isListed(artefact.resourceType))
    .map(contentOf)
    .toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  return artefacts.map((artefact) =>
    isGuide(artefact) ? { ...artefact, definition: { resource: contents } } : artefact,
  );
}

const isGuide = ({ resourceType }: Resource): boolean => resourceType === 'ImplementationGuide';

const placeOf = ({ reference }: ImplementationGuideDefinitionResource): string => reference?.reference ?? '';

function contentOf({
  resourceType,
  id,
  title,
  name,
  description,
}: Resource): ImplementationGuideDefinitionResource {
  const label = title ?? name;
  return {
    reference: { reference: `${resourceType}/${id}` },
    ...(typeof label === 'string' ? { name: label } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    exampleBoolean: false,
  };
}
