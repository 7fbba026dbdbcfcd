/** The binding of a profile's element, where it differs from that of the base. */
import type { CheckFactory } from '../profile.ts';
import { bindingOf, checkBinding, isBindable } from './binding.ts';

export const bindingRule: CheckFactory = (definition, base, { compilation }) => {
  const binding = bindingOf(definition.binding);
  if (!binding) return undefined;
  const bare = (url: string | undefined) => url?.split('|')[0];
  const was = base?.binding;
  if (was && was.strength === binding.strength && bare(was.valueSet) === bare(binding.valueSet)) return undefined;
  return (value, run, type) => {
    if (value !== undefined && isBindable(type)) checkBinding(value, run, type, binding, compilation.terminology);
  };
};
