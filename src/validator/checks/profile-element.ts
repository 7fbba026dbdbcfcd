/**
 * A backbone element follows an element of a profile, which is how rules reach the elements that repeat inside
 * themselves.
 * https://hl7.org/fhir/R4/extension-elementdefinition-profile-element.html
 */
import type { ElementDefinitionType, Extension } from '@medplum/fhirtypes';
import type { CheckFactory } from '../profile-scope.ts';

const profileElement = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-profile-element';

/** A type with the extensions of its profiles. */
type ExtendedType = ElementDefinitionType & {
  readonly _profile?: readonly ({ readonly extension?: readonly Extension[] } | null)[];
};

/** Profiles and the ids of the elements in them. */
function elementsOf({ profile = [], _profile = [] }: ExtendedType): { url: string; id: string }[] {
  return profile.flatMap((url, i) => {
    const id = _profile[i]?.extension?.find((one) => one.url === profileElement)?.valueString;
    return id === undefined ? [] : [{ url, id }];
  });
}

export const profileElementRule: CheckFactory = (definition, _base, { compilation }) => {
  const [only, ...others] = (definition.type ?? []).flatMap(elementsOf);
  // Of several any may be met: none of them has to be.
  if (!only || others.length > 0) return undefined;
  return (value, run, type, companion) =>
    compilation.profile(only.url)?.element(only.id)?.(value, run, type, companion);
};
