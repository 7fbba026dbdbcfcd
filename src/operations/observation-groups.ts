/**
 * Observations grouped by what was observed, newest first: the grouping of $lastn.
 * https://hl7.org/fhir/R4/observation-operation-lastn.html
 */
import type { CodeableConcept, Observation } from '@medplum/fhirtypes';
import { dateRange } from '../search/date-range.ts';

export interface Observed {
  readonly id: string;
  readonly subject: string;
  /** What each coding, or else the text, says; several mean the same. */
  readonly codes: readonly string[];
  /** Milliseconds; undefined when the observation does not say. */
  readonly time: number | undefined;
  /** When it was written, milliseconds. */
  readonly updated: number;
}

/** @param updated of the version, milliseconds */
export function observed(observation: Observation, updated: number): Observed {
  const { id = '', subject, code } = observation;
  return {
    id,
    subject: subject?.reference ?? JSON.stringify(subject?.identifier ?? ''),
    codes: codesOf(code),
    time: timeOf(observation),
    updated,
  };
}

/** Without codings, the text is the code; without either, an observation is comparable to no other. */
function codesOf(code: CodeableConcept | undefined): string[] {
  const codings = (code?.coding ?? []).filter((coding) => coding.code !== undefined);
  if (codings.length > 0) return codings.map((coding) => JSON.stringify([coding.system ?? '', coding.code]));
  return code?.text === undefined ? [] : [JSON.stringify(code.text)];
}

/** A period is as recent as its end, a timing as its last event. */
function timeOf(observation: Observation): number | undefined {
  const { effectiveDateTime, effectiveInstant, effectivePeriod, effectiveTiming } = observation;
  const texts = [
    effectiveDateTime ?? effectiveInstant ?? effectivePeriod?.end ?? effectivePeriod?.start,
    ...(effectiveTiming?.event ?? []),
  ];
  const times = texts.flatMap((text) => (text === undefined ? [] : (dateRange(text)?.low ?? [])));
  return times.length === 0 ? undefined : Math.max(...times);
}

/**
 * The newest of each group: those of one subject whose codes are the same, by way of others' too. Where the last of
 * them has the same time as more, those are newest as well.
 * @param most of each group
 */
export function newestOfEach(all: readonly Observed[], most: number): Observed[] {
  const groups = Map.groupBy(all, groupFinder(all));
  return [...groups.values()]
    .map((group) => group.toSorted(newestFirst))
    .toSorted(([one], [other]) => newestFirst(one!, other!))
    .flatMap((group) => {
      const last = group[most - 1]?.time;
      return group.filter(({ time }, place) => place < most || (time !== undefined && time === last));
    });
}

function newestFirst(one: Observed, other: Observed): number {
  // Without a time it is older than all that have one.
  const byTime = (other.time ?? Number.NEGATIVE_INFINITY) - (one.time ?? Number.NEGATIVE_INFINITY);
  return byTime || other.updated - one.updated;
}

/** Names the group of each by one of its codes: codes of one observation are joined, and so are all joined to them. */
function groupFinder(all: readonly Observed[]): (one: Observed) => string {
  const joined = new Map<string, string>();
  const rootOf = (key: string): string => {
    let root = key;
    for (let next = joined.get(root); next !== undefined && next !== root; next = joined.get(root))
      root = next;
    joined.set(key, root);
    return root;
  };
  const keysOf = ({ id, subject, codes }: Observed): string[] =>
    codes.length === 0 ? [`${id} `] : codes.map((code) => `${subject} ${code}`);
  for (const one of all) {
    const [first = '', ...others] = keysOf(one);
    for (const other of others) joined.set(rootOf(other), rootOf(first));
  }
  return (one) => rootOf(keysOf(one)[0]!);
}
