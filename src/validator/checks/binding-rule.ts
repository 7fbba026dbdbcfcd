/** The binding of a profile's element, where it differs from that of the base. */
import type { CheckFactory } from '../profile.ts';
import { bindingOf, checkBinding, isBindable } from './binding.ts';

export const bindingRule: CheckFactory = (definition, base, { compilation }) => {
  const binding = bindingOf(definition.binding);
  if (!binding) return undefined;
  const bare = (url: string | undefined) => url?.split('|')[0];
  const was = base?.binding;
  if (was && was.strength === binding.strength && bare(was.valueSet) === bare(binding.valueSet))
    return undefined;
  // Of a choice of types the binding is about the codes; whether it also means units is not said.
  const unitsToo = (definition.type ?? []).length === 1;
  return (value, run, type) => {
    if (type === 'Quantity' && !unitsToo) return;
    if (value !== undefined && isBindable(type))
      checkBinding(value, run, type, binding, compilation.terminology);
  };
};
