/**
 * When the care happened that a resource records: the search parameter that says it, type by type.
 * https://hl7.org/fhir/R4/patient-operation-everything.html (start and end are care dates, not record dates)
 */
import { refuse } from '../core/fhir-error.ts';
import type { Services } from '../interactions/interaction.ts';
import type { Parameters } from '../interactions/search.ts';
import { instant } from '../interactions/write-version.ts';
import { type DateRange, dateRange } from '../search/date-range.ts';

/** Codes of parameters that say when; of those that a type has, the first counts. */
const byPreference: readonly string[] = [
  ...['date', 'effective-time', 'effective', 'occurrence', 'onset-date', 'performed', 'period', 'started'],
  ...[
    'collected',
    'authored',
    'authoredon',
    'authored-on',
    'whenhandedover',
    'sent',
    'start-date',
    'identified',
  ],
  ...['event-date', 'datetime', 'datewritten', 'recorded', 'created'],
];

/** Dates, the last one included. */
export interface CarePeriod {
  readonly start: string | undefined;
  readonly end: string | undefined;
}

/**
 * What resources of a type must meet to belong to a period, as alternatives: to be of that time, or of no known time.
 * A type that has no time belongs to every period.
 */
export function withinPeriod(
  services: Pick<Services, 'parametersOf'>,
  type: string,
  { start, end }: CarePeriod,
): readonly Parameters[] {
  const parameters = services.parametersOf(type);
  const code = byPreference.find((name) => parameters.get(name)?.type === 'date');
  if (code === undefined || (start === undefined && end === undefined)) return [[]];
  const bounds: [string, string][] = [];
  // By instants, because care that went on over one of the bounds belongs, and `ge` and `le` of a day would lose it.
  if (start !== undefined) bounds.push([code, `gt${instant(rangeOf(start).low - 1)}`]);
  if (end !== undefined) bounds.push([code, `lt${instant(rangeOf(end).high)}`]);
  return [bounds, [[`${code}:missing`, 'true']]];
}

function rangeOf(text: string): DateRange {
  const range = dateRange(text);
  if (!range) throw refuse('invalid-parameter', 'A bound of the period is no date');
  return range;
}
