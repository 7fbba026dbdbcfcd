/** Clinic, patient, reason, and the screening with its decision. */
import type { QuestionnaireResponseItem } from '@medplum/fhirtypes';
import { addDays } from './add-days.ts';
import { addDoneTask } from './add-task.ts';
import { base, extension, hl7, local, profile, snomed, systems } from './concepts.ts';
import type { CourseContext, Person } from './course-context.ts';
import type { Domain } from './course-description.ts';

/** What the form asks in each domain, with the answer of somebody to whom nothing applies. */
const unremarkable: Readonly<Record<Domain, Readonly<Record<string, string>>>> = {
  cardiovascular: {
    'bp-control': 'bp-controlled',
    vessels: 'none',
    heart: 'none',
    'other-conditions': 'none',
  },
  'psychosis-history': { psychosis: 'none', mania: 'none', relatives: 'none', 'mental-state': 'none' },
  'substance-use': { substances: 'none', 'ketamine-misuse': 'none', toxicology: 'toxicology-negative' },
  'psychiatric-background': {
    'suicide-attempt': 'none',
    'personality-disorder': 'none',
    'earlier-ketamine': 'none',
  },
  medications: { interacting: 'none', allergy: 'none' },
  readiness: {
    'consent-capacity': 'able-to-consent',
    expectations: 'expectations-realistic',
    escort: 'escort-arranged',
    support: 'support-present',
    time: 'time-kept',
  },
};
const domains = Object.keys(unremarkable) as Domain[];

/** In days: how long a decision holds. */
const halfAYear = 182;

export function addClinicAndPatient(context: CourseContext): void {
  const { clinic, patient } = context.description;
  const organization = `${clinic.url}/organizations`;
  context.add(
    'clinic',
    {
      resourceType: 'Organization',
      identifier: [{ system: organization, value: 'clinic' }],
      active: true,
      name: clinic.name,
    },
    `identifier=${organization}|clinic`,
  );
  for (const who of ['therapist', 'prescriber', 'monitor'] satisfies Person[]) {
    if (who === 'therapist' && !context.therapy) continue;
    const system = `${clinic.url}/staff`;
    context.add(
      who,
      {
        resourceType: 'Practitioner',
        identifier: [{ system, value: who }],
        active: true,
        name: [{ text: clinic[who] }],
      },
      `identifier=${system}|${who}`,
    );
  }
  const { identifier, given, family, gender, birthDate } = patient;
  context.add('patient', {
    resourceType: 'Patient',
    identifier: [{ system: `${clinic.url}/patients`, value: identifier }],
    active: true,
    name: [{ use: 'official', family, given: [given] }],
    gender,
    birthDate,
    managingOrganization: context.refer('clinic'),
  });
}

/** The indication, the answers of the screening form and what the prescriber made of them. */
export function addScreening(context: CourseContext): void {
  const { onset, failedTrials, screening, clinic } = context.description;
  const { add, at, person, subject } = context;
  add('indication', {
    resourceType: 'Condition',
    meta: { profile: [profile('indication-condition')] },
    ...(failedTrials === undefined
      ? {}
      : { extension: [extension('failed-treatment-trials', { valueUnsignedInt: failedTrials })] }),
    clinicalStatus: hl7('condition-clinical', 'active', 'Active'),
    verificationStatus: hl7('condition-ver-status', 'confirmed', 'Confirmed'),
    category: [hl7('condition-category', 'encounter-diagnosis', 'Encounter Diagnosis')],
    severity: snomed('24484000', 'Severe (severity modifier)'),
    code: context.indication.code,
    subject,
    onsetDateTime: onset,
    recordedDate: screening.day,
    recorder: person('prescriber'),
  });
  add('screening-visit', {
    resourceType: 'Encounter',
    status: 'finished',
    class: { system: systems.act, code: 'AMB', display: 'ambulatory' },
    subject,
    participant: [{ individual: person('prescriber') }],
    period: context.period(screening.day, '09:00', '10:30'),
    serviceProvider: context.refer('clinic'),
  });
  const answers = add('screening', {
    resourceType: 'QuestionnaireResponse',
    meta: {
      profile: [profile('screening-response')],
      security: [
        { system: systems.act, code: 'PSY' },
        { system: systems.act, code: 'SUD' },
      ],
    },
    questionnaire: `${base}/Questionnaire/kat-screening`,
    status: 'completed',
    subject,
    encounter: context.refer('screening-visit'),
    authored: at(screening.day, '10:00'),
    author: person('prescriber'),
    source: subject,
    item: domains.map((domain) => answersOf(context, domain)),
  });
  const decision = add('eligibility', {
    resourceType: 'Observation',
    meta: { profile: [profile('eligibility-decision')] },
    ...(context.description.course
      ? {
          extension: [extension('eligibility-valid-until', { valueDate: addDays(screening.day, halfAYear) })],
        }
      : {}),
    status: 'final',
    category: [hl7('observation-category', 'survey', 'Survey')],
    code: local('kat-observation', 'eligibility'),
    subject,
    effectiveDateTime: at(screening.day, '10:30'),
    performer: [person('prescriber')],
    valueCodeableConcept: local('kat-eligibility', screening.decision),
    note: [{ text: screening.note }],
    derivedFrom: [answers],
    component: domains.map((domain) => {
      const { result = 'clear', rationale } = screening.domains?.[domain] ?? {};
      return {
        ...(rationale === undefined
          ? {}
          : { extension: [extension('rationale', { valueMarkdown: rationale })] }),
        code: local('kat-screening-domain', domain),
        valueCodeableConcept: local('kat-domain-result', result),
      };
    }),
  });
  for (const [index, { words, met }] of (screening.conditions ?? []).entries()) {
    addDoneTask(context, `condition-${index + 1}`, {
      what: 'Condition of eligibility',
      why: 'To be met before the first medicine session.',
      focus: decision,
      requester: 'prescriber',
      asked: at(screening.day, '10:30'),
      done: at(met, '12:00'),
      words,
    });
  }
  if (screening.decision === 'not-eligible') return;
  addConsentDocument(context, clinic.url);
}

function answersOf(context: CourseContext, domain: Domain): QuestionnaireResponseItem {
  const { result = 'clear', rationale, findings } = context.description.screening.domains?.[domain] ?? {};
  const coded = (linkId: string, codeSystem: string, code: string): QuestionnaireResponseItem => ({
    linkId,
    answer: [{ valueCoding: local(codeSystem, code).coding![0]! }],
  });
  return {
    linkId: domain,
    item: [
      ...Object.entries({ ...unremarkable[domain], ...findings }).map(([linkId, code]) =>
        coded(
          linkId,
          linkId === 'interacting' && code !== 'none' ? 'kat-interaction' : 'kat-screening-finding',
          code,
        ),
      ),
      coded(`${domain}-result`, 'kat-domain-result', result),
      ...(rationale === undefined
        ? []
        : [{ linkId: `${domain}-rationale`, answer: [{ valueString: rationale }] }]),
    ],
  };
}

/** The signed paper of which the consent speaks. */
function addConsentDocument(context: CourseContext, clinicUrl: string): void {
  const { course, patient } = context.description;
  if (!course) return;
  context.add('consent-document', {
    resourceType: 'DocumentReference',
    status: 'current',
    type: { text: 'Signed consent' },
    subject: context.subject,
    date: context.at(course.consented, '10:20'),
    content: [
      {
        attachment: {
          contentType: 'application/pdf',
          url: `${clinicUrl}/documents/consent-${patient.identifier}.pdf`,
        },
      },
    ],
  });
}
