/**
 * $versions: which versions of FHIR the server speaks.
 * https://hl7.org/fhir/R4/capabilitystatement-operation-versions.html
 */
import type { Operation } from './operation.ts';
import { parametersResult } from './write-parameters.ts';

const fhirVersion = '4.0';

export const versions: Operation = {
  code: 'versions',
  levels: ['system'],
  resources: [],
  affectsState: false,
  definition: 'http://hl7.org/fhir/OperationDefinition/CapabilityStatement-versions',
  handle: async (_services, _context, { definition }) =>
    parametersResult(definition, [
      { name: 'version', value: fhirVersion },
      { name: 'default', value: fhirVersion },
    ]),
};
