/**
 * Order of dates and times as their texts have them, whatever their precision.
 * https://hl7.org/fhir/R4/datatypes.html#dateTime
 */

const moment =
  /^(?:\d{4}(?:-\d{2}(?:-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?)?)?|\d{2}:\d{2}:\d{2}(?:\.\d+)?)$/;

/** A time on a day in a zone. */
const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/;

/** Down to the second: a fraction that is not there is zero. */
const exact = /\d{2}:\d{2}:\d{2}/;

/** Without the zeros at the end of a fraction, which say nothing. */
function trimmed(text: string): string {
  const point = text.indexOf('.');
  if (point < 0) return text;
  let end = text.length;
  while (text[end - 1] === '0') end--;
  return text.slice(0, end === point + 1 ? point : end);
}

/** Whether a text is a date, a date with a time, or a time of day. */
export const isMoment = (text: string): boolean => moment.test(text);

/**
 * Negative, zero or positive; undefined where the less precise one encloses the other: 2020 is neither before nor after
 * May 2020.
 */
export function compareMoments(one: string, other: string): number | undefined {
  if (instant.test(one) && instant.test(other)) return Date.parse(one) - Date.parse(other);
  const [first, second] = [trimmed(one), trimmed(other)];
  if (first === second) return 0;
  const encloses = first.startsWith(second) || second.startsWith(first);
  if (encloses && !(exact.test(first) && exact.test(second))) return undefined;
  return first < second ? -1 : 1;
}
