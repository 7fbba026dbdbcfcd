/** What a breach of the protocol leads to, for a server as a whole or for one protocol. */
import type { PlanDefinition } from '@medplum/fhirtypes';

/** `off`: rules are not asked; `advise`: breaches are said with the answer; `enforce`: errors refuse the write. */
export type ProtocolMode = 'off' | 'advise' | 'enforce';

export const protocolModes = ['off', 'advise', 'enforce'] as const satisfies readonly ProtocolMode[];

const url = 'https://w3id.org/kat-fhir/StructureDefinition/kat-protocol-mode';

/** The mode that a protocol sets for its courses; undefined when it leaves that to the server. */
export function protocolMode(protocol: PlanDefinition | undefined): ProtocolMode | undefined {
  const code = protocol?.extension?.find((extension) => extension.url === url)?.valueCode;
  return protocolModes.find((mode) => mode === code);
}
