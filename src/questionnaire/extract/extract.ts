/**
 * `QuestionnaireResponse/$extract` without HTTP: what the answers mean as resources of their own.
 * https://hl7.org/fhir/uv/sdc/extraction.html
 */
import type { Issue } from '../../core/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
import { formFinding } from '../finding.ts';
import { extensionValue } from '../form.ts';
import { extractByDefinition } from './definition-based.ts';
import { type Extraction, type ExtractionParts, type Json, sdc } from './extraction.ts';
import { extractObservations } from './observation-based.ts';
import { extractByTemplate } from './template-based.ts';

export interface Extracted {
  /** A transaction Bundle; absent when there is nothing to extract. */
  readonly resource?: Resource;
  readonly issues: readonly Issue[];
}

const complete: ReadonlySet<unknown> = new Set(['completed', 'amended']);

/** @param form the Questionnaire, its contained templates included */
export function extract(form: Json, response: Json, parts: ExtractionParts): Extracted {
  if (!complete.has(response.status)) {
    return { issues: [formFinding('extract-incomplete', 'QuestionnaireResponse.status')] };
  }
  const extraction: Extraction = { questionnaire: form, response, parts, entries: [], issues: [] };
  if (extensionValue(form, `${sdc}targetStructureMap`) !== undefined)
    extraction.issues.push(formFinding('extract-map', 'Questionnaire'));
  extractByTemplate(extraction);
  extractByDefinition(extraction);
  extractObservations(extraction);
  const { entries: entry, issues } = extraction;
  if (entry.length === 0) return { issues };
  return { resource: { resourceType: 'Bundle', type: 'transaction', entry }, issues };
}
