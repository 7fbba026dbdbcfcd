/**
 * Patient/[id]/$trajectory: how the scores of a patient moved, instrument by instrument.
 * https://w3id.org/kat-fhir/OperationDefinition/Patient-trajectory
 */
import type { Observation, Procedure } from '@medplum/fhirtypes';
import { refuse } from '../core/fhir-error.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { createResourceReader, protocolByUrl } from '../interactions/protocol-reader.ts';
import { requirePresent } from '../interactions/read.ts';
import { systems } from '../protocol/codes.ts';
import { courseOf } from '../protocol/course.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { Instrument } from '../questionnaire/score/instrument.ts';
import { instruments } from '../questionnaire/score/instruments.ts';
import type { ScoreChange } from '../questionnaire/score/score-change.ts';
import { type TrajectoryPoint, trajectoryOf } from '../questionnaire/score/trajectory.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { givenValue, givenValues } from './read-parameters.ts';
import { type OutParameter, parametersResult } from './write-parameters.ts';

export const trajectory: Operation = {
  code: 'trajectory',
  levels: ['instance'],
  resources: ['Patient'],
  affectsState: false,
  definition: 'https://w3id.org/kat-fhir/OperationDefinition/Patient-trajectory',
  handle: trajectories,
};

interface Recorded {
  readonly reference: string;
  readonly total: number;
  readonly effective: string;
}

/** Statuses of observations and of administrations that count: what was taken back or not done does not. */
const standing: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);
const given: ReadonlySet<string> = new Set(['completed', 'in-progress', 'on-hold', 'stopped']);

async function trajectories(
  services: Services,
  _: RequestContext,
  request: OperationRequest,
): Promise<Result> {
  const { id, parameters, definition } = request;
  requirePresent(await services.store.read('Patient', id));
  const reader = createResourceReader(services, services.store);
  const codes = givenValues<string>(parameters, 'code');
  const asked = instruments.filter(
    ({ code: { system, code } }) =>
      codes.length === 0 || codes.includes(code) || codes.includes(`${system}|${code}`),
  );
  const dose = await firstDose(reader, `Patient/${id}`, givenValue<string>(parameters, 'course'));
  const start = givenValue<string>(parameters, 'start') ?? '';
  const end = givenValue<string>(parameters, 'end') ?? '9999';
  const recorded = await recordedScores(reader, id, asked);
  const out = asked.flatMap((instrument) => {
    const scores = (recorded.get(instrument) ?? []).filter((score) => !(dayOf(score, end) > end));
    const { baseline, points, daysToResponse } = trajectoryOf(instrument, scores, dose);
    const listed = points.filter(({ score }) => dayOf(score, start) >= start);
    return scores.length === 0
      ? []
      : [instrumentPart(instrument, { baseline, points: listed, daysToResponse })];
  });
  return parametersResult(definition, out);
}

/** A bound may be a year or a month: the score is held against as much of its date. */
const dayOf = ({ effective }: Recorded, bound: string): string => effective.slice(0, bound.length);

/** @param plan the course asked for, as a reference or an id; absent: the latest course */
async function firstDose(
  reader: ResourceReader,
  patient: string,
  plan: string | undefined,
): Promise<string | undefined> {
  const found = await reader.find<Procedure>('Procedure', [
    ['patient', patient],
    ['code', `${systems.sessionType}|course`],
    ...(plan === undefined ? [] : [['based-on', `CarePlan/${logicalId(plan)}`] as const]),
  ]);
  const courses = found
    .filter(({ status }) => status !== 'entered-in-error')
    .toSorted((one, other) => startOf(other).localeCompare(startOf(one)));
  if (plan !== undefined && courses.length === 0)
    throw refuse('invalid-parameter', 'The parameter course takes the plan of a course of the patient');
  const [latest] = courses;
  if (!latest) return undefined;
  const doses = await courseOf(latest, reader, protocolByUrl(reader)).administrations();
  return doses
    .filter(({ status = '' }) => given.has(status))
    .flatMap(({ effectivePeriod, effectiveDateTime }) => effectivePeriod?.start ?? effectiveDateTime ?? [])
    .toSorted((one, other) => Date.parse(one) - Date.parse(other))[0];
}

function logicalId(plan: string): string {
  const id = plan.slice(plan.lastIndexOf('/') + 1);
  if (!/^[A-Za-z0-9\-.]{1,64}$/.test(id))
    throw refuse('invalid-parameter', 'The parameter course takes a reference to a CarePlan');
  return id;
}

const startOf = ({ performedPeriod, performedDateTime }: Procedure): string =>
  performedPeriod?.start ?? performedDateTime ?? '';

async function recordedScores(
  reader: ResourceReader,
  patient: string,
  asked: readonly Instrument[],
): Promise<Map<Instrument, Recorded[]>> {
  const scores = new Map<Instrument, Recorded[]>();
  for (const instrument of asked) {
    const { system, code } = instrument.code;
    const found = await reader.find<Observation>('Observation', [
      ['patient', `Patient/${patient}`],
      ['code', `${system}|${code}`],
    ]);
    scores.set(
      instrument,
      found.flatMap(({ id, status = '', valueQuantity, effectiveDateTime, effectivePeriod }) => {
        const effective = effectiveDateTime ?? effectivePeriod?.end ?? effectivePeriod?.start;
        return standing.has(status) && valueQuantity?.value !== undefined && effective !== undefined
          ? [{ reference: `Observation/${id}`, total: valueQuantity.value, effective }]
          : [];
      }),
    );
  }
  return scores;
}

interface Listed {
  readonly baseline: Recorded | undefined;
  readonly points: readonly TrajectoryPoint<Recorded>[];
  readonly daysToResponse: number | undefined;
}

function instrumentPart(
  { code, importantDifference }: Instrument,
  { baseline, points, daysToResponse }: Listed,
): OutParameter {
  const latest = points.at(-1);
  const change = latest?.change;
  return {
    name: 'instrument',
    parts: [
      { name: 'code', value: code },
      ...(baseline ? [{ name: 'baseline', value: quantity(baseline.total) }] : []),
      ...(latest ? [{ name: 'latest', value: quantity(latest.score.total) }] : []),
      ...(change ? [{ name: 'change', value: quantity(change.change) }] : []),
      ...inPercent(change),
      ...reached(change),
      ...important(change),
      ...(importantDifference
        ? [{ name: 'importantDifference', value: quantity(importantDifference.value) }]
        : []),
      ...(daysToResponse === undefined ? [] : [{ name: 'daysToResponse', value: daysToResponse }]),
      ...points.map(scorePart),
    ],
  };
}

function scorePart({ score, day, change }: TrajectoryPoint<Recorded>): OutParameter {
  return {
    name: 'score',
    parts: [
      { name: 'observation', value: { reference: score.reference } },
      { name: 'effective', value: score.effective },
      ...(day === undefined ? [] : [{ name: 'day', value: day }]),
      { name: 'value', value: quantity(score.total) },
      ...(change ? [{ name: 'change', value: quantity(change.change) }] : []),
      ...inPercent(change),
      ...reached(change),
      ...important(change),
    ],
  };
}

function inPercent(change: ScoreChange | undefined): OutParameter[] {
  return change?.percent === undefined ? [] : [{ name: 'changePercent', value: rounded(change.percent) }];
}

/** For better or worse. */
function important(change: ScoreChange | undefined): OutParameter[] {
  const { importantImprovement: better, importantWorsening: worse } = change ?? {};
  return better === undefined ? [] : [{ name: 'importantChange', value: better || worse === true }];
}

function reached(change: ScoreChange | undefined): OutParameter[] {
  return [
    ...(change?.response === undefined ? [] : [{ name: 'response', value: change.response }]),
    ...(change?.remission === undefined ? [] : [{ name: 'remission', value: change.remission }]),
  ];
}

function quantity(value: number) {
  return { value, unit: '{score}', system: 'http://unitsofmeasure.org', code: '{score}' };
}

const rounded = (percent: number): number => Math.round(percent * 10) / 10;
