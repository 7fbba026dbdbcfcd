/**
 * Bindings beside that of an element: a profile may demand, or recommend, that codes be in a further value set.
 * https://hl7.org/fhir/tools/StructureDefinition-additional-binding.html, https://hl7.org/fhir/R5/valueset-additional-binding-purpose.html
 */
import type { ElementDefinitionBinding } from '@medplum/fhirtypes';
import type { CheckFactory } from '../profile-scope.ts';
import { additionalValueSets, type Binding, bindingOf, checkBinding, isBindable } from './binding.ts';
import { equals } from './fixed.ts';

/** Purposes that are strengths; of the others, a maximum belongs to the binding itself. */
const strengths = ['required', 'extensible', 'preferred'] as const;

function additionalBindings(definition: ElementDefinitionBinding | undefined): Binding[] {
  return strengths.flatMap((strength) =>
    additionalValueSets(definition, strength).flatMap((valueSet) => bindingOf({ strength, valueSet }) ?? []),
  );
}

export const additionalBindingRule: CheckFactory = ({ binding }, base, { compilation }, known) => {
  if (known !== undefined && !isBindable(known)) return undefined;
  if (equals(binding?.extension, base?.binding?.extension)) return undefined;
  const bindings = additionalBindings(binding);
  if (bindings.length === 0) return undefined;
  return (value, run, type) => {
    if (value === undefined || !isBindable(type)) return;
    for (const one of bindings) checkBinding(value, run, type, one, compilation.terminology);
  };
};
