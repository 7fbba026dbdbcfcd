/** Which sessions a unit of work touches: it writes them, their visit, or something that names either. */
import type { Reference, Resource } from '@medplum/fhirtypes';
import type { Session } from './session.ts';

/** @param written by reference */
export function touchedSessions(written: ReadonlyMap<string, Resource>): (session: Session) => boolean {
  const named = new Set(written.keys());
  for (const resource of written.values()) {
    const { partOf, encounter, context } = resource as {
      partOf?: Reference | Reference[];
      encounter?: Reference | Reference[];
      context?: Reference;
    };
    for (const { reference } of [partOf ?? [], encounter ?? [], context ?? []].flat())
      if (reference !== undefined) named.add(reference);
  }
  return ({ reference, procedure }) =>
    named.has(reference) || named.has(procedure.encounter?.reference ?? '');
}
