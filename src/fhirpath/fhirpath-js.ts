/**
 * The one door to the npm package `fhirpath`: its parser, its engine and its UCUM tables.
 * It takes a tenth of a second to load, so it is loaded at the first expression that needs it.
 */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

export function fhirPathJs(): typeof import('fhirpath') {
  return load('fhirpath');
}

/** R4 as fhirpath.js describes it. */
export function fhirPathJsModel(): import('fhirpath').Model {
  return load('fhirpath/fhir-context/r4');
}
