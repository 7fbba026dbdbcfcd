/**
 * `htmlChecks()`: whether a narrative keeps to the XHTML that FHIR allows.
 * https://hl7.org/fhir/R4/narrative.html#rules
 */
import { fhirPathJs, fhirPathJsModel } from '../fhirpath-js.ts';

export function htmlChecks(div: unknown): boolean | undefined {
  if (typeof div !== 'string') return undefined;
  const focus = { base: 'Narrative', expression: '`div`.htmlChecks()' };
  return fhirPathJs().evaluate({ div }, focus, {}, fhirPathJsModel(), { async: false })[0] === true;
}
