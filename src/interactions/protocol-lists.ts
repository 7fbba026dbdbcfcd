/**
 * The value sets by which rules judge: those of R4 and the guide, and for a clinic that names its own in its protocol,
 * those that are stored here.
 */
import type { ValueSet } from '@medplum/fhirtypes';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { RuleContext } from '../protocol/rule.ts';
import type { RuleParameters } from '../protocol/rule-parameters.ts';
import { createTerminology } from '../terminology/create-terminology.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { Services } from './interaction.ts';

type Lists = Required<Pick<RuleContext, 'memberOf' | 'unknownLists'>>;

/** What is at hand for the lists that parameters name. */
export type ProtocolLists = (parameters: RuleParameters, reader: ResourceReader) => Promise<Lists>;

/** @returns a memory of what value sets hold: a stored one is prepared once, as long as it stays the same */
export function createProtocolLists({ registry }: Pick<Services, 'registry'>): ProtocolLists {
  const shipped = createTerminology(registry);
  const prepared = new WeakMap<ValueSet, Terminology>();
  const terminologyOf = (valueSet: ValueSet): Terminology => {
    const terminology =
      prepared.get(valueSet) ??
      createTerminology({
        valueSet: (canonical) =>
          canonical.split('|')[0] === valueSet.url ? valueSet : registry.valueSet(canonical),
        codeSystem: (canonical) => registry.codeSystem(canonical),
        codeSystemEditions: (url) => registry.codeSystemEditions(url),
        addedDefinitions: (resourceType) => registry.addedDefinitions(resourceType),
        expansion: (canonical) => registry.expansion(canonical),
      });
    prepared.set(valueSet, terminology);
    return terminology;
  };
  return async ({ valueSets }, reader) => {
    const stored = new Map<string, Terminology>();
    const unknownLists = new Set<string>();
    for (const canonical of valueSets) {
      if (shipped.knows(canonical)) continue;
      const valueSet = await storedValueSet(canonical, reader);
      if (valueSet) stored.set(canonical, terminologyOf(valueSet));
      else unknownLists.add(canonical);
    }
    return {
      memberOf: (valueSet, system, code) =>
        (stored.get(valueSet) ?? shipped).contains(valueSet, { system, code }) === 'member',
      unknownLists,
    };
  };
}

async function storedValueSet(canonical: string, reader: ResourceReader): Promise<ValueSet | undefined> {
  const [url = '', version] = canonical.split('|');
  const [found] = await reader.find<ValueSet>('ValueSet', [
    ['url', url],
    ...(version === undefined ? [] : [['version', version] as const]),
  ]);
  return found;
}
