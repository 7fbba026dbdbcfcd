/** When something took place, as its resource says: each type has an element of its own for it. */
import type { Resource } from '@medplum/fhirtypes';
import type { Span } from './timeline-event.ts';

interface Timed {
  readonly performedPeriod?: Span;
  readonly performedDateTime?: string;
  readonly effectivePeriod?: Span;
  readonly effectiveDateTime?: string;
  readonly identifiedPeriod?: Span;
  readonly identifiedDateTime?: string;
  readonly dateTime?: string;
  readonly date?: string;
  readonly detected?: string;
  readonly recordedDate?: string;
  readonly issued?: string;
}

export function spanOf(resource: Resource): Span {
  const timed = resource as unknown as Timed;
  const period = timed.performedPeriod ?? timed.effectivePeriod ?? timed.identifiedPeriod;
  if (period) return { start: period.start ?? period.end, end: period.end };
  const start =
    timed.performedDateTime ??
    timed.effectiveDateTime ??
    timed.identifiedDateTime ??
    timed.dateTime ??
    timed.date ??
    timed.detected ??
    timed.recordedDate ??
    timed.issued;
  return { start };
}
