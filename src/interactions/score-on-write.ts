/**
 * Scores of the answers written, in the same unit of work: a response to a known instrument that is completed yields
 * its score, an amended one changes that very Observation, and answers that stand no longer take it with them. A score
 * that the client sends stays the client's; when it says otherwise than the answers, the client is told.
 * https://w3id.org/kat-fhir/StructureDefinition/kat-outcome-score
 */
import type { Observation, QuestionnaireResponse } from '@medplum/fhirtypes';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { Instrument } from '../questionnaire/score/instrument.ts';
import { instrumentOf } from '../questionnaire/score/instruments.ts';
import { scoreObservation } from '../questionnaire/score/score-observation.ts';
import { type ResponseScore, scoreResponse } from '../questionnaire/score/score-response.ts';
import { completedForms, lastWritten } from './completed-forms.ts';
import type { FollowUp, FollowUpIssue } from './follow-up.ts';
import type { Services } from './interaction.ts';
import { createResourceReader } from './protocol-reader.ts';
import { writeDerived } from './write-derived.ts';
import { instant, type Work } from './write-version.ts';

/** Marks the scores that were made here: only these change with the answers. */
export const computedScore = 'https://w3id.org/kat-fhir/sid/computed-score';

export const scoreOnWrite: FollowUp = async (services, work) => {
  const reader = createResourceReader(services, work.transaction);
  const issues: FollowUpIssue[] = [];
  // What is written here is not what the client sent.
  const sent = lastWritten<Observation>(work, 'Observation');
  const scored = new Map<string, ResponseScore>();
  for (const { response, form } of await completedForms(work, reader)) {
    const score = scoreResponse({ ...form }, { ...response });
    if (score) scored.set(response.id!, score);
  }
  const responses = lastWritten<QuestionnaireResponse>(work, 'QuestionnaireResponse');
  for (const response of responses)
    issues.push(...(await keepScores(services, work, reader, response, scored.get(response.id!))));
  const written = new Set(responses.map(({ id }) => `QuestionnaireResponse/${id}`));
  for (const score of sent) issues.push(...(await laterMismatch(score, written, reader)));
  return issues;
};

/** Makes, changes and withdraws the scores of a response, as its answers have it now. */
async function keepScores(
  services: Services,
  work: Work,
  reader: ResourceReader,
  response: QuestionnaireResponse,
  scored: ResponseScore | undefined,
): Promise<FollowUpIssue[]> {
  const reference = `QuestionnaireResponse/${response.id}`;
  const scores = await scoresOf(reader, reference);
  const computed = scores.filter(isComputed);
  const isOfScale = (score: Observation): boolean => scaleOf(score) === scored?.instrument;
  const own = scored && computed.find(isOfScale);
  const other = scored && scores.find((score) => !isComputed(score) && isStanding(score) && isOfScale(score));
  if (scored && (!other || (own && isStanding(own))))
    await recordScore(services, work, response, scored, own);
  for (const score of computed)
    if (isStanding(score) && score !== own)
      await writeDerived(services, work, { ...score, status: 'entered-in-error' });
  return scored && other && totalOf(scored) !== other.valueQuantity?.value
    ? [mismatch(other, reference)]
    : [];
}

/** A score that is sent after its answers, against the one that was made of them. */
async function laterMismatch(
  sent: Observation,
  written: ReadonlySet<string>,
  reader: ResourceReader,
): Promise<FollowUpIssue[]> {
  const scale = scaleOf(sent);
  const source = sent.derivedFrom?.find(({ reference }) => reference?.startsWith('QuestionnaireResponse/'));
  if (!scale || !source?.reference || written.has(source.reference)) return [];
  if (isComputed(sent) || !isStanding(sent)) return [];
  const scores = await scoresOf(reader, source.reference);
  const computed = scores.find((score) => isComputed(score) && isStanding(score) && scaleOf(score) === scale);
  return computed && computed.valueQuantity?.value !== sent.valueQuantity?.value
    ? [mismatch(sent, source.reference)]
    : [];
}

function scoresOf(reader: ResourceReader, response: string): Promise<Observation[]> {
  return reader.find<Observation>('Observation', [['derived-from', response]]);
}

function scaleOf({ code }: Observation): Instrument | undefined {
  return code?.coding
    ?.map(({ system = '', code = '' }) => instrumentOf({ system, code }))
    .find((instrument) => instrument !== undefined);
}

function isComputed({ identifier = [] }: Observation): boolean {
  return identifier.some(({ system }) => system === computedScore);
}

function isStanding({ status }: Observation): boolean {
  return status !== 'entered-in-error';
}

function totalOf({ score }: ResponseScore): number | undefined {
  return 'total' in score ? score.total : undefined;
}

/** A new score, or the one there is as the answers now have it. */
async function recordScore(
  services: Services,
  work: Work,
  response: QuestionnaireResponse,
  scored: ResponseScore,
  before: Observation | undefined,
): Promise<void> {
  const now = instant(services.clock.now());
  const authored = response.authored ?? before?.effectiveDateTime ?? now;
  const score: Observation = {
    ...scoreObservation(response, scored, authored),
    identifier: [{ system: computedScore, value: `${response.id}.${scored.instrument.id}` }],
  };
  if (!before) await writeDerived(services, work, score);
  else if (!saysTheSame(score, before))
    await writeDerived(services, work, { ...score, id: before.id!, status: 'amended' });
}

/** Whether nothing but status and version differs. */
function saysTheSame(one: Observation, other: Observation): boolean {
  if (!isStanding(other)) return false;
  const said = ({ id, meta, status, ...rest }: Observation) =>
    JSON.stringify(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return said(one) === said(other);
}

function mismatch({ id }: Observation, response: string): FollowUpIssue {
  return {
    key: 'score-mismatch',
    code: 'business-rule',
    severity: 'warning',
    text: 'The score is not the one that the answers make',
    expression: 'Observation.value',
    resource: `Observation/${id}`,
    hint: `Derived from ${response}`,
  };
}
