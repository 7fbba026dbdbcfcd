/** The reader that the rules of the protocol are given: searches over the store, or over a unit of work in progress. */
import type { PlanDefinition, Questionnaire, Resource } from '@medplum/fhirtypes';
import type { ProtocolByUrl } from '../protocol/course.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { SuicideItemOf } from '../protocol/rule.ts';
import { scoreResponse } from '../questionnaire/score/score-response.ts';
import type { StoreReader } from '../storage/store.ts';
import type { Services } from './interaction.ts';
import { parsePlain } from './plain-references.ts';

/** More than any course has of one type; a search that finds more is cut off, newest first. */
const most = 1000;

export function createResourceReader(services: Services, store: StoreReader): ResourceReader {
  return {
    async read<T extends Resource>(reference: string) {
      const [type = '', id = ''] = reference.split('/');
      const version = id === '' ? undefined : await store.read(type, id);
      return version?.body === undefined ? undefined : parsePlain<T>(services, version.body);
    },
    async find<T extends Resource>(type: string, parameters: readonly (readonly [string, string])[]) {
      const { where } = services.parseSearch(type, parameters as [string, string][], 'strict');
      const { rows } = await store.search({ type, where, sort: [], limit: most });
      return rows.map(({ body }) => parsePlain<T>(services, body!));
    },
  };
}

/** The protocols that a reader finds, by canonical URL with or without a version; each is read once. */
export function protocolByUrl(reader: ResourceReader): ProtocolByUrl {
  const known = new Map<string, Promise<PlanDefinition | undefined>>();
  const find = async (canonical: string) => {
    const [url = '', version] = canonical.split('|');
    const found = await reader.find<PlanDefinition>('PlanDefinition', [
      ['url', url],
      ...(version === undefined ? [] : [['version', version] as const]),
    ]);
    return found[0];
  };
  return (canonical) => {
    const reading = known.get(canonical) ?? find(canonical);
    known.set(canonical, reading);
    return reading;
  };
}

/** The guide's general protocol, which states a default for every parameter. */
export function generalProtocol(reader: ResourceReader): Promise<PlanDefinition | undefined> {
  return reader.read<PlanDefinition>('PlanDefinition/kat-protocol');
}

/** What responses answer to the item on suicidal thoughts of their instrument, by their forms; each form is read once. */
export function suicideItemOf(reader: ResourceReader): SuicideItemOf {
  const forms = new Map<string, Promise<Questionnaire | undefined>>();
  const formOf = async (canonical: string) => {
    const [url = '', version] = canonical.split('|');
    const found = await reader.find<Questionnaire>('Questionnaire', [
      ['url', url],
      ...(version === undefined ? [] : [['version', version] as const]),
    ]);
    return found[0];
  };
  return async (response) => {
    const { questionnaire = '' } = response;
    if (questionnaire === '') return undefined;
    const reading = forms.get(questionnaire) ?? formOf(questionnaire);
    forms.set(questionnaire, reading);
    const form = await reading;
    const scored = form && scoreResponse({ ...form }, { ...response });
    const { safetyItem } = scored?.instrument ?? {};
    return safetyItem === undefined ? undefined : scored?.items[safetyItem - 1];
  };
}
