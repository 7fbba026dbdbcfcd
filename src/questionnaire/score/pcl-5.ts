/**
 * PCL-5: twenty items of 0 to 4 in the clusters of DSM-5. A symptom counts as present from “Moderately” on.
 * National Center for PTSD.
 */
import {
  type Code,
  codes,
  each,
  faultOf,
  type Instrument,
  type ItemScores,
  loinc,
  type Score,
  sum,
} from './instrument.ts';

const system = 'https://w3id.org/kat-fhir/CodeSystem/kat-pcl-5';
const present = 2;

interface Cluster {
  readonly code: Code;
  /** Numbers of its first and last item. */
  readonly from: number;
  readonly to: number;
  /** Symptoms that the provisional diagnosis asks for. */
  readonly least: number;
}

const clusters: readonly Cluster[] = [
  { code: { system, code: 'cluster-b', display: 'Intrusion (cluster B) score' }, from: 1, to: 5, least: 1 },
  { code: { system, code: 'cluster-c', display: 'Avoidance (cluster C) score' }, from: 6, to: 7, least: 1 },
  {
    code: {
      system,
      code: 'cluster-d',
      display: 'Negative changes in thinking and mood (cluster D) score',
    },
    from: 8,
    to: 14,
    least: 2,
  },
  {
    code: { system, code: 'cluster-e', display: 'Arousal and reactivity (cluster E) score' },
    from: 15,
    to: 20,
    least: 2,
  },
];

const provisional: Code = { system, code: 'provisional-diagnosis', display: 'Provisional PTSD diagnosis' };

function score(items: ItemScores): Score {
  const fault = faultOf(items, each(20, 4));
  if (fault) return fault;
  const within = ({ from, to }: Cluster): ItemScores => items.slice(from - 1, to);
  const isMet = (cluster: Cluster): boolean =>
    within(cluster).filter((score) => (score ?? 0) >= present).length >= cluster.least;
  return {
    total: sum(items),
    subScores: [
      ...clusters.map((cluster) => ({ code: cluster.code, value: sum(within(cluster)) })),
      { code: provisional, value: clusters.every(isMet) },
    ],
  };
}

export const pcl5: Instrument = {
  id: 'pcl-5',
  title: 'PCL-5',
  code: { system: loinc, code: '101698-9', display: 'PTSD PCL-5 score [PCL-5]' },
  range: [0, 80],
  items: codes(
    system,
    Array.from({ length: 20 }, (_, index) => `pcl5-${String(index + 1).padStart(2, '0')}`),
  ),
  score,
  bands: [
    { upTo: 30, name: 'below the cut-point' },
    { upTo: 80, name: 'at or above the cut-point' },
  ],
  bandsSource: 'Cut-point 31 to 33',
  response: { points: 10, source: 'National Center for PTSD: clinically meaningful' },
  remission: { value: 30, source: 'Below the cut-point of 31 to 33' },
  importantDifference: {
    value: 10,
    source: 'National Center for PTSD: 5 reliable, 10 clinically meaningful',
  },
};
