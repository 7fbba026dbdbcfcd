/**
 * What among the writes asks somebody to act at once: an answer that points to suicidal thoughts, a high suicide risk,
 * a score that rose. The limits are parameters of the protocol in force, or of the guide's general one.
 */
import type { CarePlan, Observation } from '@medplum/fhirtypes';
import { codeIn, systems } from '../protocol/codes.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import { numberOf, type RuleParameters, ruleParameters } from '../protocol/rule-parameters.ts';
import { generalProtocol, protocolByUrl } from './protocol-reader.ts';
import { scoredResponses } from './score-on-write.ts';
import { scoreRises } from './score-rises.ts';
import type { Work } from './write-version.ts';

export interface SafetySignal {
  /** `suicide-item`, `suicide-risk` or `score-rise`. */
  readonly kind: keyof typeof kinds;
  /** `Type/id` of what shows it. */
  readonly focus: string;
  /** `Patient/id` */
  readonly patient: string;
}

/** What each is called, and how soon it is to be looked at. */
export const kinds = {
  'suicide-item': { text: 'An answer points to suicidal thoughts', priority: 'urgent' },
  'suicide-risk': { text: 'A high suicide risk was found', priority: 'stat' },
  'score-rise': { text: 'A score rose by more than the limit', priority: 'asap' },
} as const;

const standing: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);
const riskSystem = 'https://w3id.org/kat-fhir/CodeSystem/kat-suicide-risk';

export async function safetySignals(work: Work, reader: ResourceReader): Promise<SafetySignal[]> {
  const parametersOf = parametersByPatient(reader);
  const signals: SafetySignal[] = [];
  for (const { response, instrument, items } of await scoredResponses(work, reader)) {
    const patient = response.subject!.reference!;
    const answer = instrument.safetyItem === undefined ? undefined : items[instrument.safetyItem - 1];
    const least = numberOf((await parametersOf(patient)).get('R18', 'suicide-item-min'));
    if (answer !== undefined && least !== undefined && answer >= least)
      signals.push({ kind: 'suicide-item', focus: `QuestionnaireResponse/${response.id}`, patient });
  }
  const observations = observationsIn(work);
  const risen = await scoreRises(observations, reader, parametersOf);
  for (const observation of observations) {
    const patient = observation.subject?.reference ?? '';
    if (!patient.startsWith('Patient/') || !standing.has(observation.status ?? '')) continue;
    const focus = `Observation/${observation.id}`;
    if (isHighRisk(observation)) signals.push({ kind: 'suicide-risk', focus, patient });
    if (risen.has(observation.id!)) signals.push({ kind: 'score-rise', focus, patient });
  }
  return signals;
}

/** The last state of each observation written. */
function observationsIn({ written }: Work): Observation[] {
  const last = new Map(written.map(({ reference, resource }) => [reference, resource]));
  return [...last.values()]
    .filter(({ resourceType }) => resourceType === 'Observation')
    .map((resource) => resource as unknown as Observation);
}

function isHighRisk({ code, valueCodeableConcept }: Observation): boolean {
  return codeIn(code, systems.loinc) === '93374-7' && codeIn(valueCodeableConcept, riskSystem) === 'high';
}

/** The protocol of the plan that runs speaks first, then the general one. */
function parametersByPatient(reader: ResourceReader): (patient: string) => Promise<RuleParameters> {
  const known = new Map<string, Promise<RuleParameters>>();
  const read = async (patient: string): Promise<RuleParameters> => {
    const plans = await reader.find<CarePlan>('CarePlan', [
      ['patient', patient],
      ['status', 'active'],
    ]);
    const canonical = plans.flatMap(({ instantiatesCanonical = [] }) => instantiatesCanonical)[0];
    const protocol = canonical === undefined ? undefined : await protocolByUrl(reader)(canonical);
    return ruleParameters([protocol, await generalProtocol(reader)]);
  };
  return (patient) => {
    const reading = known.get(patient) ?? read(patient);
    known.set(patient, reading);
    return reading;
  };
}
