/** Writing a resource that the server itself makes of what a client writes, in the same unit of work. */
import type { Resource as AnyResource } from '@medplum/fhirtypes';
import type { Resource } from '../fhir/resource.ts';
import type { Services } from './interaction.ts';
import { type Work, writeVersion } from './write-version.ts';

/**
 * @param resource with the id of what it replaces, or without one
 * @returns `Type/id` of what was written
 */
export async function writeDerived(services: Services, work: Work, resource: AnyResource): Promise<string> {
  const type = resource.resourceType;
  const current = resource.id === undefined ? undefined : await work.transaction.read(type, resource.id);
  const id = resource.id ?? services.ids.next();
  const text = JSON.stringify(resource);
  const method = current ? 'PUT' : 'POST';
  await writeVersion(services, work, { method, resource: JSON.parse(text) as Resource, text, id }, current);
  return `${type}/${id}`;
}
