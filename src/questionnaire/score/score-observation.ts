/**
 * The Observation that holds the score of a response: total, sub-scores, what the total means. A response from which
 * the instrument makes no total gives an Observation that says why there is none.
 * https://w3id.org/kat-fhir/StructureDefinition/kat-outcome-score
 */
import type { CodeableConcept, Observation, QuestionnaireResponse, Reference } from '@medplum/fhirtypes';
import type { SubScore, Unscored } from './instrument.ts';
import { severityOf } from './instruments.ts';
import type { ResponseScore } from './score-response.ts';

const profile = 'https://w3id.org/kat-fhir/StructureDefinition/kat-outcome-score';
const absentSystem = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';

/** Types that may be a performer of an Observation; an author may also be a Device. */
const performers = /^(?:Practitioner|PractitionerRole|Organization|CareTeam|Patient|RelatedPerson)\//;

/** What the instruments do with responses of these kinds: none of them estimates what was not answered. */
const reasons: Readonly<Record<Unscored, readonly [code: string, text: string]>> = {
  'item-unanswered': ['unknown', 'Not every item was answered'],
  'item-out-of-range': ['error', 'An answer counts more or less than the item allows'],
  'item-count': ['error', 'The form has another number of items than the instrument'],
};

/** @param response with an id, a subject and a time */
export function scoreObservation(
  response: QuestionnaireResponse,
  { instrument, score }: ResponseScore,
  authored: string,
): Observation {
  const { subject, encounter, author, partOf = [] } = response;
  const sessions = partOf.filter(({ reference }) => reference?.startsWith('Procedure/'));
  return {
    resourceType: 'Observation',
    meta: { profile: [profile] },
    ...(sessions.length > 0 ? { partOf: sessions as Observation['partOf'] & {} } : {}),
    status: 'final',
    category: [survey],
    code: { coding: [{ ...instrument.code }] },
    subject: subject as Observation['subject'] & {},
    ...(encounter ? { encounter } : {}),
    effectiveDateTime: authored,
    ...(performers.test(author?.reference ?? '') ? { performer: [author as Reference<never>] } : {}),
    ...('total' in score
      ? {
          valueQuantity: quantity(score.total),
          ...meaning(severityOf(instrument, score.total)),
          ...components(score.subScores ?? []),
        }
      : { dataAbsentReason: absent(score.unscored) }),
    derivedFrom: [{ reference: `QuestionnaireResponse/${response.id}` }],
  };
}

const survey: CodeableConcept = {
  coding: [
    {
      system: 'http://terminology.hl7.org/CodeSystem/observation-category',
      code: 'survey',
      display: 'Survey',
    },
  ],
};

function quantity(value: number) {
  return { value, unit: '{score}', system: 'http://unitsofmeasure.org', code: '{score}' };
}

function meaning(band: string | undefined): Pick<Observation, 'interpretation'> {
  return band === undefined ? {} : { interpretation: [{ text: band }] };
}

function components(subScores: readonly SubScore[]): Pick<Observation, 'component'> {
  if (subScores.length === 0) return {};
  const component = subScores.map(({ code, value }) => ({
    code: { coding: [{ ...code }] },
    ...(typeof value === 'boolean' ? { valueBoolean: value } : { valueQuantity: quantity(value) }),
  }));
  return { component };
}

function absent(unscored: Unscored): CodeableConcept {
  const [code, text] = reasons[unscored];
  return { coding: [{ system: absentSystem, code }], text };
}
