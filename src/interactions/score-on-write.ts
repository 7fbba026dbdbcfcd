/**
 * Scores of the answers written, in the same unit of work: a response to a known instrument that is completed yields
 * its score, an amended one changes that very Observation. A score that the client sends along stays the client's;
 * when it says otherwise than the answers, the client is told.
 * https://w3id.org/kat-fhir/StructureDefinition/kat-outcome-score
 */
import type { Observation, QuestionnaireResponse } from '@medplum/fhirtypes';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { Code } from '../questionnaire/score/instrument.ts';
import { scoreObservation } from '../questionnaire/score/score-observation.ts';
import { type ResponseScore, scoreResponse } from '../questionnaire/score/score-response.ts';
import type { FollowUp, FollowUpIssue } from './follow-up.ts';
import type { Services } from './interaction.ts';
import { createResourceReader } from './protocol-reader.ts';
import { writeDerived } from './write-derived.ts';
import { instant, type Work } from './write-version.ts';

/** Marks the scores that were made here: only these change with the answers. */
export const computedScore = 'https://w3id.org/kat-fhir/sid/computed-score';

export interface ScoredResponse extends ResponseScore {
  readonly response: QuestionnaireResponse;
}

export const scoreOnWrite: FollowUp = async (services, work) => {
  const reader = createResourceReader(services, work.transaction);
  const issues: FollowUpIssue[] = [];
  for (const scored of await scoredResponses(work, reader)) {
    const { response, instrument } = scored;
    const scores = await scoresOf(reader, response, instrument.code);
    const computed = scores.find(isComputed);
    const other = scores.find((score) => !isComputed(score) && score.status !== 'entered-in-error');
    if (other && !computed) issues.push(...mismatch(scored, other));
    else await recordScore(services, work, scored, computed);
  }
  await withdrawScores(services, work, reader);
  return issues;
};

/** The responses written that an instrument known here makes a score of. */
export async function scoredResponses(work: Work, reader: ResourceReader): Promise<ScoredResponse[]> {
  const found: ScoredResponse[] = [];
  for (const response of responsesIn(work, ['completed', 'amended'])) {
    if (!response.subject?.reference?.startsWith('Patient/') || !response.questionnaire) continue;
    const [url = '', version] = response.questionnaire.split('|');
    const [form] = await reader.find('Questionnaire', [
      ['url', url],
      ...(version === undefined ? [] : [['version', version] as const]),
    ]);
    const score = form && scoreResponse({ ...form }, { ...response });
    if (score) found.push({ ...score, response });
  }
  return found;
}

/** The last state of each response written. */
function responsesIn({ written }: Work, statuses: readonly string[]): QuestionnaireResponse[] {
  const last = new Map(written.map(({ reference, resource }) => [reference, resource]));
  return [...last.values()]
    .filter(({ resourceType }) => resourceType === 'QuestionnaireResponse')
    .map((resource) => resource as unknown as QuestionnaireResponse)
    .filter(({ status = '' }) => statuses.includes(status));
}

async function scoresOf(
  reader: ResourceReader,
  { id }: QuestionnaireResponse,
  code?: Code,
): Promise<Observation[]> {
  return reader.find<Observation>('Observation', [
    ['derived-from', `QuestionnaireResponse/${id}`],
    ...(code ? [['code', `${code.system}|${code.code}`] as const] : []),
  ]);
}

function isComputed({ identifier = [] }: Observation): boolean {
  return identifier.some(({ system }) => system === computedScore);
}

/** A new score, or the one there is as the answers now have it. */
async function recordScore(
  services: Services,
  work: Work,
  scored: ScoredResponse,
  before: Observation | undefined,
): Promise<void> {
  const { response, instrument } = scored;
  const now = instant(services.clock.now());
  const authored = response.authored ?? before?.effectiveDateTime ?? now;
  const score: Observation = {
    ...scoreObservation(response, scored, authored),
    identifier: [{ system: computedScore, value: `${response.id}.${instrument.id}` }],
  };
  if (!before) await writeDerived(services, work, score);
  else if (!saysTheSame(score, before))
    await writeDerived(services, work, { ...score, id: before.id!, status: 'amended' });
}

/** Whether nothing but status and version differs. */
function saysTheSame(one: Observation, other: Observation): boolean {
  if (other.status === 'entered-in-error') return false;
  const said = ({ id, meta, status, ...rest }: Observation) =>
    JSON.stringify(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return said(one) === said(other);
}

/** Answers that were entered in error take their score with them. */
async function withdrawScores(services: Services, work: Work, reader: ResourceReader): Promise<void> {
  for (const response of responsesIn(work, ['entered-in-error']))
    for (const score of await scoresOf(reader, response))
      if (isComputed(score) && score.status !== 'entered-in-error')
        await writeDerived(services, work, { ...score, status: 'entered-in-error' });
}

function mismatch({ score, response }: ScoredResponse, sent: Observation): FollowUpIssue[] {
  const total = 'total' in score ? score.total : undefined;
  if (sent.valueQuantity?.value === total) return [];
  return [
    {
      key: 'score-mismatch',
      code: 'business-rule',
      severity: 'warning',
      text: 'The score is not the one that the answers make',
      expression: 'Observation.value',
      resource: `Observation/${sent.id}`,
      hint: `Derived from QuestionnaireResponse/${response.id}`,
    },
  ];
}
