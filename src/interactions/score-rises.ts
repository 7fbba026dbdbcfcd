/**
 * Scores among the writes that rose: higher than the one before of the same patient and instrument by its limit. The
 * limits are parameters of the protocol, `score-rise-` and the name of the instrument.
 */
import type { Observation } from '@medplum/fhirtypes';
import { createPauses } from '../core/pauses.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import { numberOf, type RuleParameters } from '../protocol/rule-parameters.ts';
import type { Instrument } from '../questionnaire/score/instrument.ts';
import { instrumentOf } from '../questionnaire/score/instruments.ts';

/** A score as far as it matters here. */
interface Scored {
  readonly id: string;
  readonly patient: string;
  readonly instrument: Instrument;
  readonly total: number;
  /** Milliseconds */
  readonly time: number;
}

const standing: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);

/**
 * Asks once for each patient and instrument, however many scores were written.
 * @returns ids of the observations that rose
 */
export async function scoreRises(
  written: readonly Observation[],
  reader: ResourceReader,
  parametersOf: (patient: string) => Promise<RuleParameters>,
): Promise<ReadonlySet<string>> {
  const pause = createPauses();
  const risen = new Set<string>();
  const groups = Map.groupBy(
    written.flatMap((observation) => scoredBy(observation) ?? []),
    ({ patient, instrument }) => `${patient} ${instrument.id}`,
  );
  for (const fresh of groups.values()) {
    await pause();
    const { patient, instrument } = fresh[0]!;
    const limit = numberOf((await parametersOf(patient)).get('R18', `score-rise-${instrument.id}`));
    if (limit === undefined) continue;
    const { system, code } = instrument.code;
    const known = await reader.find<Observation>('Observation', [
      ['patient', patient],
      ['code', `${system}|${code}`],
    ]);
    const ids = new Set(fresh.map(({ id }) => id));
    const ordered = known
      .flatMap((observation) => scoredBy(observation) ?? [])
      .toSorted((one, other) => one.time - other.time);
    for (const [index, score] of ordered.entries()) {
      const before = ids.has(score.id) && latestBefore(score.time, ordered, index);
      if (before && score.total - before.total >= limit) risen.add(score.id);
    }
  }
  return risen;
}

/** Scores of the same instant have no order: none is before the other. */
function latestBefore(time: number, ordered: readonly Scored[], index: number): Scored | undefined {
  return ordered.slice(0, index).findLast((score) => score.time < time);
}

function scoredBy({
  id,
  status,
  code,
  subject,
  effectiveDateTime,
  valueQuantity,
}: Observation): Scored | undefined {
  const instrument = code?.coding
    ?.map(({ system = '', code = '' }) => instrumentOf({ system, code }))
    .find((one) => one !== undefined);
  const patient = subject?.reference ?? '';
  const time = Date.parse(effectiveDateTime ?? '');
  const total = valueQuantity?.value;
  if (!instrument || total === undefined || Number.isNaN(time) || !standing.has(status ?? ''))
    return undefined;
  return patient.startsWith('Patient/') ? { id: id!, patient, instrument, total, time } : undefined;
}
