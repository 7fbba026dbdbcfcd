/**
 * What the change between two totals of an instrument means. A fall is an improvement in every instrument here that has
 * thresholds for it.
 */
import type { Instrument, Response } from './instrument.ts';

export interface ScoreChange {
  /** Latest minus baseline: negative when it has fallen. */
  readonly change: number;
  /** Of the baseline; absent when that is zero. */
  readonly percent?: number;
  /** Absent where the instrument has no threshold, or the baseline is zero. */
  readonly response?: boolean;
  readonly remission?: boolean;
  readonly importantImprovement?: boolean;
  readonly importantWorsening?: boolean;
}

export function changeOf(instrument: Instrument, baseline: number, latest: number): ScoreChange {
  const { response, remission, importantDifference } = instrument;
  const change = latest - baseline;
  return {
    change,
    ...(baseline > 0 ? { percent: (100 * change) / baseline } : {}),
    ...(response && baseline > 0 ? { response: -change >= fallOf(response, baseline) } : {}),
    ...(remission ? { remission: latest <= remission.value } : {}),
    ...(importantDifference
      ? {
          importantImprovement: -change >= importantDifference.value,
          importantWorsening: change >= importantDifference.value,
        }
      : {}),
  };
}

/** Points that the total must fall by. */
function fallOf(response: Response, baseline: number): number {
  return 'points' in response ? response.points : response.fraction * baseline;
}
