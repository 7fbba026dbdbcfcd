/**
 * What among the writes asks somebody to act at once: an answer that points to suicidal thoughts, a high suicide risk,
 * a score that rose. The limits are parameters of the protocol in force, or of the guide's general one.
 */
import type { CarePlan, Coding, Observation } from '@medplum/fhirtypes';
import { objectsOf } from '../fhir/resource.ts';
import { hasCode, systems } from '../protocol/codes.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import { numberOf, type RuleParameters, ruleParameters } from '../protocol/rule-parameters.ts';
import { allItems, type FormItem, formItems } from '../questionnaire/form.ts';
import { answersWithin } from '../questionnaire/given-answers.ts';
import { scoreResponse } from '../questionnaire/score/score-response.ts';
import { type CompletedForm, completedForms, lastWritten } from './completed-forms.ts';
import { generalProtocol, protocolByUrl } from './protocol-reader.ts';
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
const riskCode = '93374-7';
const riskSystem = 'https://w3id.org/kat-fhir/CodeSystem/kat-suicide-risk';

export async function safetySignals(work: Work, reader: ResourceReader): Promise<SafetySignal[]> {
  const parametersOf = parametersByPatient(reader);
  const signals: SafetySignal[] = [];
  for (const completed of await completedForms(work, reader)) {
    const focus = `QuestionnaireResponse/${completed.response.id}`;
    const patient = completed.response.subject!.reference!;
    const answer = suicideItem(completed);
    const least =
      answer === undefined
        ? undefined
        : numberOf((await parametersOf(patient)).get('R18', 'suicide-item-min'));
    if (answer !== undefined && least !== undefined && answer >= least)
      signals.push({ kind: 'suicide-item', focus, patient });
    if (answersHighRisk(completed)) signals.push({ kind: 'suicide-risk', focus, patient });
  }
  const observations = lastWritten<Observation>(work, 'Observation');
  const risen = await scoreRises(observations, reader, parametersOf);
  for (const observation of observations) {
    const patient = observation.subject?.reference ?? '';
    if (!patient.startsWith('Patient/') || !standing.has(observation.status ?? '')) continue;
    const focus = `Observation/${observation.id}`;
    if (isHighRisk(observation))
      signals.push({ kind: 'suicide-risk', focus: answersOf(observation) ?? focus, patient });
    if (risen.has(observation.id!)) signals.push({ kind: 'score-rise', focus, patient });
  }
  return signals;
}

/** What the item of the instrument that asks for suicidal thoughts was answered with, as its score. */
function suicideItem({ form, response }: CompletedForm): number | undefined {
  const scored = scoreResponse({ ...form }, { ...response });
  const { safetyItem } = scored?.instrument ?? {};
  return safetyItem === undefined ? undefined : scored?.items[safetyItem - 1];
}

/** A risk that is answered in a form is found there, whether or not an Observation is extracted from it. */
function answersHighRisk({ form, response }: CompletedForm): boolean {
  const given = answersWithin({ ...response });
  return allItems(formItems({ ...form })).some((item) => {
    const codes = loincCodesOf(item);
    const answers = given.get(item.linkId) ?? [];
    return (
      (codes.includes(riskCode) && answers.some((answer) => isHigh(answer as Coding))) ||
      (codes.some((code) => graveQuestions.has(code)) && answers.some(isYes))
    );
  });
}

const loincCodesOf = ({ definition }: FormItem): unknown[] =>
  objectsOf(definition.code).flatMap(({ system, code }) => (system === systems.loinc ? [code] : []));

/** Of the C-SSRS screener: thoughts with some intent, with a plan and intent, behaviour in the last three months. */
const graveQuestions: ReadonlySet<unknown> = new Set(['93249-1', '93250-9', '93269-9']);

function isYes(answer: unknown): boolean {
  return answer === true || (answer as Coding | undefined)?.code === 'LA33-6';
}

function isHighRisk({ code, valueCodeableConcept }: Observation): boolean {
  return hasCode(code, systems.loinc, riskCode) && valueCodeableConcept?.coding?.some(isHigh) === true;
}

/** LOINC's code is not of the guide's value set, but who sends it is not to go unheard. */
function isHigh({ system, code }: Coding): boolean {
  return (system === riskSystem && code === 'high') || (system === systems.loinc && code === 'LA9193-9');
}

/** The response that an Observation was extracted from: what both say is one signal. */
function answersOf({ derivedFrom }: Observation): string | undefined {
  const references = derivedFrom?.map(({ reference = '' }) => reference);
  return references?.find((reference) => reference.startsWith('QuestionnaireResponse/'));
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
