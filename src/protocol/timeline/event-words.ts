/** Events in words, for a page that knows no FHIR: a title, and what was found or given. */
import type {
  AdverseEvent,
  CodeableConcept,
  Consent,
  DetectedIssue,
  MedicationAdministration,
  Observation,
  Procedure,
  Quantity,
} from '@medplum/fhirtypes';
import { codeIn, extensionOf, extensions, isObservationOf, systems } from '../codes.ts';
import { sessionOf } from '../session.ts';
import { pressureOf } from '../vital-signs.ts';
import type { EventKind, TimelineEvent } from './timeline-event.ts';

export interface EventWords {
  readonly title: string;
  /** As text, with its unit: `122/76 mmHg`. */
  readonly value?: string | undefined;
}

type Words = (resource: TimelineEvent['resource']) => EventWords;

const observed: Words = (resource) => {
  const observation = resource as Observation;
  const { code } = observation;
  const isRisk = isObservationOf('suicideRisk', code);
  // Its code often stands without words.
  const spoken = isRisk && !code?.text ? 'Suicide risk' : textOf(code);
  return { title: spoken ?? 'Observation', value: observedValue(observation) };
};

const words: Readonly<Record<EventKind, Words>> = {
  session: (resource) => {
    const procedure = resource as Procedure;
    const session = sessionOf(procedure);
    const name = session ? sessionTitle(session.kind, session.number) : undefined;
    const { status } = procedure;
    return {
      title: name ?? textOf(procedure.code) ?? textOf(procedure.category) ?? 'Session',
      // That it was held as a whole goes without saying.
      ...(status === 'completed' ? {} : { value: status }),
    };
  },
  dose: (resource) => {
    const dose = resource as MedicationAdministration;
    const contained = dose.contained?.find(({ id }) => `#${id}` === dose.medicationReference?.reference);
    const medicine =
      dose.medicationCodeableConcept ??
      (contained?.resourceType === 'Medication' ? contained.code : undefined);
    return {
      title: textOf(medicine) ?? dose.medicationReference?.display ?? 'Dose',
      value: quantityText(dose.dosage?.dose),
    };
  },
  vital: observed,
  score: observed,
  assessment: observed,
  decision: observed,
  consent: (resource) => {
    const { category, scope, status } = resource as Consent;
    return { title: textOf(category?.[0]) ?? textOf(scope) ?? 'Consent', value: status };
  },
  'adverse-event': (resource) => {
    const { event, seriousness, severity, outcome } = resource as AdverseEvent;
    const said = [seriousness, severity, outcome].flatMap((one) => textOf(one) ?? []);
    return {
      title: textOf(event) ?? 'Adverse event',
      ...(said.length === 0 ? {} : { value: said.join(', ') }),
    };
  },
  deviation: (resource) => {
    const { code, mitigation, severity } = resource as DetectedIssue;
    const title = textOf(code) ?? 'Deviation';
    return {
      title: [codeIn(code, systems.rule), title].filter((one) => one !== undefined).join(' '),
      value: textOf(mitigation?.[0]?.action) ?? severity,
    };
  },
};

export function wordsOf({ kind, resource }: TimelineEvent): EventWords {
  return words[kind](resource);
}

/** Code of kat-monitoring-point. */
export function monitoringPointOf(resource: TimelineEvent['resource']): string | undefined {
  const point = extensionOf(resource as Observation, extensions.monitoringPoint)?.valueCodeableConcept;
  return codeIn(point, systems.monitoringPoint);
}

/** `Medicine session 2` */
export function sessionTitle(kind: string, number: number): string {
  const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)} session`;
  return number === 0 ? name : `${name} ${number}`;
}

export function textOf(concept: CodeableConcept | undefined): string | undefined {
  const { text, coding = [] } = concept ?? {};
  return text ?? coding.find(({ display }) => display !== undefined)?.display ?? coding[0]?.code;
}

function observedValue(observation: Observation): string | undefined {
  const { valueQuantity, valueCodeableConcept, valueBoolean, valueInteger, valueString } = observation;
  const plain = valueBoolean === undefined ? valueInteger : valueBoolean ? 'yes' : 'no';
  const { systolic, diastolic } = pressureOf(observation);
  if (systolic !== undefined && diastolic !== undefined) return `${systolic}/${diastolic} mmHg`;
  return quantityText(valueQuantity) ?? textOf(valueCodeableConcept) ?? plain?.toString() ?? valueString;
}

function quantityText({ value, comparator, unit, code = '' }: Quantity = {}): string | undefined {
  if (value === undefined) return undefined;
  // In braces stands what is counted, no unit.
  const measure = code.startsWith('{') ? '' : (unit ?? code);
  return `${comparator ?? ''}${value}${measure === '' ? '' : ` ${measure}`}`;
}
