/** What the oracle must be told of R4: which code system an element draws its codes from. */
import type { Registry } from '../../src/fhir/registry.ts';
import { codeSystemOf, elementsAt } from '../../src/search/element-types.ts';

/** Of `Patient.gender`, the system by its binding. */
export function systemOfPath(registry: Registry) {
  return (path: string, code: string): string | undefined => {
    const [type = '', ...rest] = path.split('.');
    const elements = elementsAt(registry, type, rest.join('.')) ?? [];
    return elements
      .map((element) => codeSystemOf(registry, element)(code))
      .find((system) => system !== undefined);
  };
}
