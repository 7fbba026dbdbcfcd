/** What the protocols in force ask, made of them once: their mode and their parameters. */
import type { PlanDefinition } from '@medplum/fhirtypes';
import { type ProtocolMode, protocolMode } from '../protocol/protocol-mode.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import { type RuleParameters, ruleParameters } from '../protocol/rule-parameters.ts';
import { generalProtocol, protocolByUrl } from './protocol-reader.ts';

export interface ProtocolInForce {
  /** Of the protocol itself; undefined when it leaves that to the server. */
  readonly mode: ProtocolMode | undefined;
  /** Its own, and where it is silent those of the guide. */
  readonly parameters: RuleParameters;
}

export interface ProtocolMemory {
  /**
   * @param canonical what a plan instantiates; undefined when it names no protocol
   * @param reader gives the same object for a protocol until that has changed
   */
  inForce(canonical: string | undefined, reader: ResourceReader): Promise<ProtocolInForce>;
}

export function createProtocolMemory(): ProtocolMemory {
  const known = new WeakMap<
    PlanDefinition,
    { readonly general: PlanDefinition | undefined; readonly protocol: ProtocolInForce }
  >();
  return {
    async inForce(canonical, reader) {
      const own = canonical === undefined ? undefined : await protocolByUrl(reader)(canonical);
      const general = await generalProtocol(reader);
      const key = own ?? general;
      const before = key && known.get(key);
      if (before && before.general === general) return before.protocol;
      const protocol = { mode: protocolMode(own), parameters: ruleParameters([own, general]) };
      if (key) known.set(key, { general, protocol });
      return protocol;
    },
  };
}
