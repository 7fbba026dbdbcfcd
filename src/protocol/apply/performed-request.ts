/** What happened of a request by itself: the session was held, the medicine prescribed, the decision made. */
import type { CodeableConcept, Extension } from '@medplum/fhirtypes';
import type { Resource } from '../../fhir/resource.ts';
import { codeIn, extensionOf, extensions, hasCode, systems } from '../codes.ts';
import type { CourseProgress, Event } from './course-progress.ts';

/** Which session an order asks for. */
export interface AskedSession {
  readonly kind: string;
  readonly number: number;
}

/** @returns undefined when nothing happened, or it takes more than the request to tell, as of a form */
export function performedEvent(
  request: Resource,
  { sessions, prescriptions, decision, consent }: CourseProgress,
): Event | undefined {
  const asked = askedSession(request);
  if (asked) return sessions.find(({ kind, number }) => kind === asked.kind && number === asked.number);
  if (request.resourceType === 'MedicationRequest')
    return prescriptions.find(({ medication }) =>
      haveCodeInCommon(medication, request.medicationCodeableConcept as CodeableConcept),
    );
  const code = request.code as CodeableConcept | undefined;
  if (codeIn(code, systems.observation) === 'eligibility') return decision;
  return codeIn(code, systems.snomed) === consentVerified ? consent : undefined;
}

/** SNOMED CT: verification of consent for planned procedure. */
const consentVerified = '370861006';

function haveCodeInCommon(one: CodeableConcept | undefined, other: CodeableConcept | undefined): boolean {
  return (one?.coding ?? []).some(({ system, code }) => hasCode(other, system ?? '', code ?? ''));
}

export function askedSession(request: Resource | undefined): AskedSession | undefined {
  if (request?.resourceType !== 'ServiceRequest') return undefined;
  const kind = codeIn(request.code as CodeableConcept, systems.sessionType);
  const number = extensionOf(
    request as { extension?: Extension[] },
    extensions.sessionNumber,
  )?.valuePositiveInt;
  return kind === undefined || number === undefined ? undefined : { kind, number };
}

/** Canonicals, without their versions, of the forms that a task asks for. */
export function askedForms(request: Resource): string[] {
  const inputs = (request.input ?? []) as { valueCanonical?: string }[];
  return inputs.flatMap(({ valueCanonical }) => valueCanonical?.split('|')[0] ?? []);
}
