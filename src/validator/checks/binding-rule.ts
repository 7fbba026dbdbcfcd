/** The binding of a profile's element, where it differs from that of the base. */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { ValueCheck } from '../compilation.ts';
import type { CheckFactory, ProfileScope } from '../profile-scope.ts';
import { found } from '../run.ts';
import { bindingOf, checkBinding, isBindable, isMetConcept, maxOf } from './binding.ts';

const bare = (url: string | undefined) => url?.split('|')[0];

/**
 * Of a choice of types a binding is about the codes; whether it also means units is not said. It may have been made in
 * a profile above this one, where there was still a choice: vital signs do so for the value of a component.
 */
function boundAsChoice(definition: ElementDefinition, { compilation, profile }: ProfileScope): boolean {
  let structure = compilation.structure(profile);
  let bound: ElementDefinition | undefined = definition;
  while (structure && bound && bare(bound.binding?.valueSet) === bare(definition.binding?.valueSet)) {
    if ((bound.type ?? []).length > 1) return true;
    structure =
      structure.baseDefinition === undefined ? undefined : compilation.structure(structure.baseDefinition);
    bound = structure?.snapshot?.element?.find(
      ({ path, sliceName }) => path === definition.path && !sliceName,
    );
  }
  return false;
}

export const bindingRule: CheckFactory = (definition, base, scope, known) => {
  const { compilation } = scope;
  const binding = bindingOf(definition.binding);
  if (!binding) return undefined;
  const was = base?.binding;
  if (
    was &&
    was.strength === binding.strength &&
    bare(was.valueSet) === bare(binding.valueSet) &&
    bare(maxOf(was)) === bare(maxOf(definition.binding))
  )
    return undefined;
  if (known !== undefined && !isBindable(known)) return undefined;
  const { registry } = compilation;
  if (registry.codeSystem(binding.valueSet) && !registry.valueSet(binding.valueSet)) {
    return (value, run) => {
      if (value !== undefined) found(run, 'canonical-type', '', 'CodeSystem', 'ValueSet');
    };
  }
  const unitsToo = !boundAsChoice(definition, scope);
  const check: ValueCheck = (value, run, type) => {
    if (type === 'Quantity' && !unitsToo) return;
    if (value !== undefined && isBindable(type))
      checkBinding(value, run, type, binding, compilation.terminology);
  };
  if (known !== 'CodeableConcept') return check;
  return {
    source: (constant) =>
      `if (!${constant(isMetConcept)}(v?.coding, x, ${constant(binding)})) ${constant(check)}(v, x, t, c);`,
  };
};
