/**
 * Date parameters: every value is a period, compared with the period that the search value covers.
 * https://hl7.org/fhir/R4/search.html#date
 */
import type { Clock } from '../../core/clock.ts';
import { isObject } from '../../fhir/resource.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import { beginningOfTime, type DateRange, dateRange, endOfTime } from '../date-range.ts';
import type { Parameter } from '../parameter.ts';
import { invalidValue, type ParameterKind } from './kind.ts';
import { type Alternatives, high, low, type Prefix, rangeNode, splitPrefix } from './prefix.ts';

export interface DateTerm extends DateRange {
  readonly prefix: Prefix;
}

/** @param clock what `ap` measures from */
export function dateKind(clock: Clock): ParameterKind<DateTerm> {
  return {
    modifiers: [],
    index(values, name, _parameter, into) {
      for (const value of values) {
        const range = rangeOf(value);
        if (range) into.dates.push({ param: name, low: range.low, high: range.high });
      }
    },
    parse: (text, _modifier, parameter) => parseDate(text, parameter, clock),
    plan: (term, name) => rangeNode('date', name, dateAlternatives(term)),
  };
}

/** A date of a query. `+` of a zone may have arrived as a space. */
export function parseDate(text: string, parameter: Parameter, clock: Clock): DateTerm {
  const { prefix, rest } = splitPrefix(text);
  const range = dateRange(rest.replace(/ (?=\d\d:\d\d$)/, '+'));
  if (!range)
    throw invalidValue(parameter, 'a date: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss[.fff]][zone]');
  if (prefix !== 'ap') return { prefix, ...range };
  const margin = Math.floor(Math.abs(clock.now() - range.low) / 10);
  return { prefix, low: range.low - margin, high: range.high + margin };
}

/** What an entry must meet; its `high` is excluded, like that of the search. */
export function dateAlternatives(term: DateTerm): Alternatives {
  const { low: start, high: end } = term;
  switch (term.prefix) {
    case 'eq':
      return [[low('>=', start), high('<=', end)]];
    case 'ne':
      return [[low('<', start)], [high('>', end)]];
    case 'gt':
      return [[high('>', end)]];
    case 'lt':
      return [[low('<', start)]];
    // Above the search value, or contained in it: together, all that begins in it or ends after it.
    case 'ge':
      return [[low('>=', start)], [high('>', end)]];
    case 'le':
      return [[high('<=', end)], [low('<', start)]];
    case 'sa':
      return [[low('>=', end)]];
    case 'eb':
      return [[high('<=', start)]];
    case 'ap':
      return [[low('<', end), high('>', start)]];
  }
}

/** A string in a choice of types (`CarePlan.activity.detail.scheduled[x]`) is not a date, even if it looks like one. */
const pointTypes: ReadonlySet<string> = new Set(['date', 'dateTime', 'instant']);

function rangeOf({ type, value }: TypedValue): DateRange | undefined {
  if (typeof value === 'string') return pointTypes.has(type) ? dateRange(value) : undefined;
  if (!isObject(value)) return undefined;
  return type === 'Timing' ? rangeOfTiming(value) : rangeOfPeriod(value);
}

function rangeOfPeriod(period: Record<string, unknown>): DateRange | undefined {
  const start = typeof period.start === 'string' ? dateRange(period.start) : undefined;
  const end = typeof period.end === 'string' ? dateRange(period.end) : undefined;
  if (!start && !end) return undefined;
  return { low: start?.low ?? beginningOfTime, high: end?.high ?? endOfTime };
}

/** Only the outer limits of a schedule count. */
function rangeOfTiming(timing: Record<string, unknown>): DateRange | undefined {
  const events = Array.isArray(timing.event) ? timing.event : [];
  const { repeat } = timing;
  const bounds =
    isObject(repeat) && isObject(repeat.boundsPeriod) ? rangeOfPeriod(repeat.boundsPeriod) : undefined;
  const ranges = [
    bounds,
    ...events.map((event) => (typeof event === 'string' ? dateRange(event) : undefined)),
  ];
  const known = ranges.filter((range) => range !== undefined);
  if (known.length === 0) return undefined;
  return {
    low: Math.min(...known.map((range) => range.low)),
    high: Math.max(...known.map((range) => range.high)),
  };
}
