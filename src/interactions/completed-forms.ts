/** What was written in a unit of work, as its follow-ups ask for it: the last state of each, responses with their forms. */
import type { Questionnaire, QuestionnaireResponse, Resource } from '@medplum/fhirtypes';
import type { Resource as AnyResource } from '../fhir/resource.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { Work } from './write-version.ts';

export interface CompletedForm {
  /** Of a patient. */
  readonly response: QuestionnaireResponse;
  readonly form: Questionnaire;
}

/** The last state of each resource of a type that was written, its references plain. */
export function lastWritten<T extends Resource>({ written }: Work, type: T['resourceType']): T[] {
  const last = new Map<string, AnyResource>();
  for (const { reference, resource } of written)
    if (resource.resourceType === type) last.set(reference, resource);
  return [...last.values()] as unknown as T[];
}

/** The responses that are complete, as far as their forms are known here. */
export async function completedForms(work: Work, reader: ResourceReader): Promise<CompletedForm[]> {
  const found: CompletedForm[] = [];
  for (const response of lastWritten<QuestionnaireResponse>(work, 'QuestionnaireResponse')) {
    const { status, subject, questionnaire } = response;
    if (status !== 'completed' && status !== 'amended') continue;
    if (!subject?.reference?.startsWith('Patient/') || !questionnaire) continue;
    const form = await formOf(questionnaire, reader);
    if (form) found.push({ response, form });
  }
  return found;
}

/** The version that is named; without one the newest that is active, else the newest. */
async function formOf(canonical: string, reader: ResourceReader): Promise<Questionnaire | undefined> {
  const [url = '', version] = canonical.split('|');
  const forms = await reader.find<Questionnaire>('Questionnaire', [
    ['url', url],
    ...(version === undefined ? [] : [['version', version] as const]),
  ]);
  const newestFirst = forms.toSorted((one, other) => ((one.date ?? '') < (other.date ?? '') ? 1 : -1));
  return newestFirst.find(({ status }) => status === 'active') ?? newestFirst[0];
}
