/** What the index of a store was made with, as one text: two that are equal were made alike. */
import { hash } from 'node:crypto';
import type { SearchParameter } from '@medplum/fhirtypes';
import type { Registry } from '../fhir/registry.ts';

/** To be raised whenever the indexer makes something else of the same resource. */
const format = 5;

/** Of the parameters that come with the program. */
export function indexFormat(registry: Registry): string {
  const definitions = new Set(registry.resourceTypes.flatMap((type) => registry.searchParameters(type)));
  return hash('sha256', JSON.stringify([format, [...definitions].map(essence)]), 'base64url');
}

/** Of one definition. */
export function definitionDigest(definition: SearchParameter): string {
  return hash('sha256', JSON.stringify([format, essence(definition)]), 'base64url');
}

function essence({ url, code, type, base, expression, target, component }: SearchParameter) {
  return [url, code, type, base, expression, target, component];
}
