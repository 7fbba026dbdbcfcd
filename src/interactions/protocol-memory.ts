/**
 * What the protocols in force ask, read once: their mode and their parameters. What is known rests on the generations
 * (cache/generations), and so is forgotten with any PlanDefinition that is written.
 */
import type { Generations } from '../cache/generations.ts';
import { type ProtocolMode, protocolMode } from '../protocol/protocol-mode.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import { type RuleParameters, ruleParameters } from '../protocol/rule-parameters.ts';
import { generalProtocol, protocolByUrl } from './protocol-reader.ts';

/** Protocols remembered at most; there are a few, but plans may name what they like. */
const most = 100;

export interface ProtocolInForce {
  /** Of the protocol itself; undefined when it leaves that to the server. */
  readonly mode: ProtocolMode | undefined;
  /** Its own, and where it is silent those of the guide. */
  readonly parameters: RuleParameters;
}

export interface ProtocolMemory {
  /** @param canonical what a plan instantiates; undefined when it names no protocol */
  inForce(
    canonical: string | undefined,
    reader: ResourceReader,
    generations: Generations,
  ): Promise<ProtocolInForce>;
}

export function createProtocolMemory(): ProtocolMemory {
  const known = new Map<string, { readonly stamp: string; readonly protocol: ProtocolInForce }>();
  return {
    async inForce(canonical, reader, generations) {
      // Undefined while a PlanDefinition is being written, in this unit of work or in one before it.
      const stamp = generations.stamp(['PlanDefinition']);
      const key = canonical ?? '';
      const remembered = known.get(key);
      if (stamp !== undefined && remembered?.stamp === stamp) return remembered.protocol;
      const own = canonical === undefined ? undefined : await protocolByUrl(reader)(canonical);
      const protocol = {
        mode: protocolMode(own),
        parameters: ruleParameters([own, await generalProtocol(reader)]),
      };
      if (stamp !== undefined) {
        if (known.size >= most) known.clear();
        known.set(key, { stamp, protocol });
      }
      return protocol;
    },
  };
}
