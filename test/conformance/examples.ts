/**
 * The suite `examples`: the instances that HL7 publishes with R4, which are right but for a few known faults. The
 * conformance types are left out: they are the definitions themselves.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Issue } from '../../src/core/issue.ts';
import { isResource, type Resource } from '../../src/fhir/resource.ts';
import type { Validator } from '../../src/validator/validator.ts';

const conformanceTypes = new Set([
  'CapabilityStatement',
  'CodeSystem',
  'CompartmentDefinition',
  'ConceptMap',
  'GraphDefinition',
  'ImplementationGuide',
  'MessageDefinition',
  'NamingSystem',
  'OperationDefinition',
  'SearchParameter',
  'StructureDefinition',
  'StructureMap',
  'TerminologyCapabilities',
  'ValueSet',
]);

export interface Example {
  readonly file: string;
  readonly resource: Resource;
}

export interface RejectedExample {
  readonly file: string;
  /** What makes it unacceptable. */
  readonly errors: readonly Issue[];
}

export interface ExamplesResult {
  readonly totals: { readonly suite: 'examples'; readonly cases: number; readonly rejected: number };
  readonly failures: readonly RejectedExample[];
}

/** The instances in the folder of the unpacked package. */
export function* exampleInstances(folder: string): Generator<Example> {
  for (const file of readdirSync(folder).sort()) {
    const type = file.slice(0, file.indexOf('-'));
    if (!file.endsWith('.json') || type === '' || conformanceTypes.has(type)) continue;
    const resource: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    if (isResource(resource) && !conformanceTypes.has(resource.resourceType)) yield { file, resource };
  }
}

/** Validates every instance and tells which are refused. */
export function examplesSuite(validator: Validator, folder: string): ExamplesResult {
  const failures: RejectedExample[] = [];
  let cases = 0;
  for (const { file, resource } of exampleInstances(folder)) {
    cases++;
    const errors = validator.validate(resource).filter(({ severity }) => severity === 'error');
    if (errors.length > 0) failures.push({ file, errors });
  }
  return { totals: { suite: 'examples', cases, rejected: failures.length }, failures };
}
