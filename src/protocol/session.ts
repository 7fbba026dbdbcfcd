/** A session of a course: one Procedure with what it says of itself, its times as instants. */
import type { Procedure, Resource } from '@medplum/fhirtypes';
import { codeIn, extensionOf, extensions, hasCode, systems } from './codes.ts';
import { instantAfter, instantOf, type Zone, zoneOf } from './time.ts';

export type SessionKind = 'preparation' | 'medicine' | 'integration';

export interface Session {
  readonly procedure: Procedure;
  /** `Procedure/id` */
  readonly reference: string;
  readonly kind: SessionKind;
  /** Whether it keeps up what a first series has reached: its category says so. */
  readonly maintenance: boolean;
  /** 0 when it has none. */
  readonly number: number;
  /** Whether it has begun: in progress, on hold, completed or stopped. */
  readonly begun: boolean;
  readonly completed: boolean;
  /** Milliseconds since the epoch. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  /** Where it is held: dates of its day are meant there. */
  readonly zone: Zone;
  /** The medicine phase within it: two intervals that are never merged. */
  readonly phase: { readonly start: number | undefined; readonly end: number | undefined } | undefined;
  /** Reference of the medicine session that an integration session takes up. */
  readonly integrates: string | undefined;
}

const kinds: Readonly<Record<string, SessionKind>> = {
  preparation: 'preparation',
  medicine: 'medicine',
  integration: 'integration',
  'group-integration': 'integration',
};

const begunStatuses: ReadonlySet<string> = new Set(['in-progress', 'on-hold', 'completed', 'stopped']);

/** Whether a resource, if it is a Procedure, is a session of one of the kinds. */
export function isSessionOf(...kinds: readonly SessionKind[]): (resource: Resource) => boolean {
  return (resource) => {
    if (resource.resourceType !== 'Procedure') return true;
    const session = sessionOf(resource);
    return session !== undefined && kinds.includes(session.kind);
  };
}

/** The session that a Procedure is; undefined when it is none. */
export function sessionOf(procedure: Procedure): Session | undefined {
  const kind =
    kinds[codeIn(procedure.code, systems.sessionType) ?? ''] ??
    kinds[codeIn(procedure.category, systems.phase) ?? ''];
  if (kind === undefined) return undefined;
  const { performedPeriod, performedDateTime, status = '' } = procedure;
  const phase = extensionOf(procedure, extensions.medicinePhase)?.valuePeriod;
  const begin = performedPeriod?.start ?? performedDateTime;
  const zone = zoneOf(begin);
  return {
    procedure,
    reference: `Procedure/${procedure.id}`,
    kind,
    maintenance: hasCode(procedure.category, systems.phase, 'maintenance'),
    number: extensionOf(procedure, extensions.sessionNumber)?.valuePositiveInt ?? 0,
    begun: begunStatuses.has(status),
    completed: status === 'completed',
    start: instantOf(begin),
    end: instantAfter(performedPeriod?.end ?? performedDateTime, zone),
    zone,
    phase: phase && { start: instantOf(phase.start, zone), end: instantAfter(phase.end, zone) },
    integrates: extensionOf(procedure, extensions.integrates)?.valueReference?.reference,
  };
}
