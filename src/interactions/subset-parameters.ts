/**
 * `_summary` and `_elements` where no search is: on reads and in histories.
 * https://hl7.org/fhir/R4/search.html#summary
 */
import { refuse } from '../core/fhir-error.ts';
import type { Subset } from '../search/search-request.ts';
import type { Services } from './interaction.ts';
import type { Parameters } from './search.ts';

const names: ReadonlySet<string> = new Set(['_summary', '_elements']);

/**
 * The parts of a resource that the parameters ask for; undefined: the whole of it.
 * @throws FhirError 400 for a value that is none, or for both at once
 */
export function subsetOf(services: Services, type: string, parameters: Parameters): Subset | undefined {
  const asked = parameters.filter(([name]) => names.has(name));
  return asked.length === 0 ? undefined : services.parseSearch(type, asked, 'strict').subset;
}

/** The same where resources of several types come together: each has some of the elements. */
export function subsetAmongTypes(
  services: Services,
  type: string,
  parameters: Parameters,
): Subset | undefined {
  const model = services.registry.model.type(type);
  const has = (name: string): boolean =>
    name.includes('.') || model?.property(name) !== undefined || model?.key(name) !== undefined;
  const own = parameters.map(([name, value]) => {
    if (name !== '_elements') return [name, value] as const;
    const elements = value.split(',').filter((element) => has(element.trim()));
    return [name, ['id', ...elements].join(',')] as const;
  });
  return subsetOf(services, type, own);
}

/** The same for one resource, of which there is nothing to count. */
export function subsetOfOne(services: Services, type: string, parameters: Parameters): Subset | undefined {
  if (parameters.some(([name, value]) => name === '_summary' && value === 'count'))
    throw refuse('invalid-parameter', "'_summary=count' is for searches and histories");
  return subsetOf(services, type, parameters);
}
