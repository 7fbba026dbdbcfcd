/**
 * X-Provenance: a Provenance that comes with a write and is stored in the same unit of work, its target the version
 * that was written. https://hl7.org/fhir/R4/provenance.html#header
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import { hasErrors } from '../core/issue.ts';
import { isMembers, readJsonTree, writeJsonTree } from '../fhir/json-tree.ts';
import type { Resource } from '../fhir/resource.ts';
import { withLocalReferences } from './conditional-references.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { findingsAtOnce, parseResource } from './submitted-resource.ts';
import { type Work, writeVersion } from './write-version.ts';

/** Stores the Provenance of what was written. */
export type RecordProvenance = (work: Work, result: Result) => Promise<void>;

/**
 * @param header JSON text of a Provenance without target; absent: nothing will be stored
 * @throws FhirError 400 or 422 when it is none that could be stored
 */
export function provenanceOf(
  services: Services,
  context: RequestContext,
  header: string | undefined,
): RecordProvenance {
  if (header === undefined) return async () => {};
  // Header fields are bytes; what is no ASCII came as UTF-8.
  const text = Buffer.from(header, 'latin1').toString('utf8');
  if (parseResource('Provenance', text).target !== undefined) {
    throw refuse(
      'malformed-request',
      'The target of the Provenance in X-Provenance is for the server to say',
      {
        expression: 'Provenance.target',
      },
    );
  }
  const issues = findingsAtOnce(services, aimed(text, 'Patient/x').resource);
  if (hasErrors(issues)) throw new FhirError(422, issues);
  return async (work, { location }) => {
    const { resource, text: aimedText } = aimed(text, location!.slice(context.baseUrl.length + 1));
    const linked = await withLocalReferences(services, work.transaction, { resource, text: aimedText });
    await writeVersion(services, work, { ...linked, method: 'POST', id: services.ids.next() }, undefined);
  };
}

/** The Provenance with its target. */
function aimed(text: string, reference: string): { resource: Resource; text: string } {
  const tree = readJsonTree(text);
  if (isMembers(tree)) tree.set('target', [new Map([['reference', JSON.stringify(reference)]])]);
  const withTarget = writeJsonTree(tree);
  return { text: withTarget, resource: JSON.parse(withTarget) as Resource };
}
