/** The examples of R4 4.0.1, without the definitions that are published with them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Resource } from '../../src/fhir/resource.ts';

const folder = new URL('../../node_modules/hl7.fhir.r4.core/', import.meta.url);
const definitions =
  /^(StructureDefinition|SearchParameter|ValueSet|CodeSystem|ConceptMap|OperationDefinition)-/;
const examples = /^[A-Z]\w+-.+\.json$/;

/** @returns undefined when the package is not installed */
export function exampleResources(): Resource[] | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((file) => examples.test(file) && !definitions.test(file))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Resource);
}
