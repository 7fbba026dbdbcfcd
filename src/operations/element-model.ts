/** What the definitions say of elements that a plan sets by path. */
import type { Registry } from '../fhir/registry.ts';
import type { ElementModel } from '../protocol/apply/set-element.ts';

export function elementModel(registry: Registry): ElementModel {
  return {
    model: registry.model,
    extensionType(url) {
      const elements = registry.structure(url)?.snapshot?.element ?? [];
      const types = elements.find(({ path }) => path === 'Extension.value[x]')?.type ?? [];
      return types.length === 1 ? types[0]?.code : undefined;
    },
  };
}
