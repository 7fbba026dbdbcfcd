/**
 * What the profiles demand beyond R4, one fault at a time: a case that passes, changed in one place. What is absent is
 * reported where it should be. The cases are those of the invariants, and whole instances of the other profiles.
 */
import t from 'tap';
import { jsonFiles } from '../support/guide-files.ts';
import { errors } from '../validator/parts.ts';

// biome-ignore lint/suspicious/noExplicitAny: cases of many types are changed
type Loose = any;
type Fault = readonly [name: string, change: (resource: Loose) => void, errors: readonly string[]];

const cases = new Map(
  jsonFiles('test/cases/invariants', 'test/cases/profiles').map(({ path, text }) => [
    path.split('/').at(-1),
    text,
  ]),
);
const without =
  (...names: string[]) =>
  (resource: Loose): void => {
    for (const name of names) delete resource[name];
  };
const withoutExtension =
  (id: string) =>
  (resource: Loose): void => {
    resource.extension = resource.extension.filter(({ url }: Loose) => !url.endsWith(`/${id}`));
  };

const faults: Readonly<Record<string, readonly Fault[]>> = {
  'kat-cp-2-p1-pass': [
    ['a plan follows a protocol', without('instantiatesCanonical'), ['cardinality-min @ CarePlan']],
    [
      'a plan says how many sessions it foresees',
      withoutExtension('kat-planned-medicine-sessions'),
      ['slice-min @ CarePlan'],
    ],
    [
      'a plan is a plan',
      (plan) => {
        plan.intent = 'order';
      },
      ['pattern @ CarePlan.intent'],
    ],
    [
      'a plan is marked as one of this therapy',
      (plan) => {
        plan.category = [{ text: 'Therapy' }];
      },
      ['slice-min @ CarePlan'],
    ],
    [
      'a plan is for a patient',
      (plan) => {
        plan.subject.reference = 'Group/all';
      },
      ['reference-type @ CarePlan.subject'],
    ],
  ],
  'kat-course-1-p1-pass': [
    ['a course carries out a plan', without('basedOn'), ['cardinality-min @ Procedure']],
    ['a course has a reason', without('reasonReference'), ['cardinality-min @ Procedure']],
    [
      'a course has no phase',
      (course) => {
        course.category = { text: 'Medicine' };
      },
      ['cardinality-max @ Procedure'],
    ],
    [
      'a course has its own code',
      (course) => {
        course.code = { text: 'Course' };
      },
      ['pattern @ Procedure.code'],
    ],
  ],
  'kat-ms-1-p1-pass': [
    ['a session belongs to a course', without('partOf'), ['cardinality-min @ Procedure']],
    ['a medicine session takes place in a visit', without('encounter'), ['cardinality-min @ Procedure']],
    ['a medicine session has a number', withoutExtension('kat-session-number'), ['slice-min @ Procedure']],
    [
      'a medicine session has its phase',
      (session) => {
        session.category.coding[0].code = 'integration';
      },
      ['pattern @ Procedure.category'],
    ],
  ],
  'kat-int-1-p1-pass': [
    [
      'integration is led by a therapist',
      (session) => {
        session.performer[0].function.coding[0].code = 'sitter';
        session.performer[0].function.coding[0].display = 'Sitter';
      },
      ['slice-min @ Procedure'],
    ],
  ],
  'kat-ma-2-p1-pass': [
    ['a dose is part of a session', without('partOf'), ['cardinality-min @ MedicationAdministration']],
    ['a dose is given in a visit', without('context'), ['cardinality-min @ MedicationAdministration']],
    [
      'a dose per weight is in mg/kg',
      (dose) => {
        dose.dosage.extension[0].valueQuantity.code = 'g';
      },
      ['pattern @ MedicationAdministration.dosage.extension[0].value.code'],
    ],
  ],
  'kat-bp-1-p1-pass': [
    [
      'a pressure has its point in the session',
      without('extension'),
      ['cardinality-min @ Observation', 'slice-min @ Observation'],
    ],
    ['a pressure is part of a session', without('partOf'), ['cardinality-min @ Observation']],
    [
      'a point is one of the known ones',
      (pressure) => {
        pressure.extension[0].valueCodeableConcept = { text: 'Later' };
      },
      ['binding-required @ Observation.extension[0].value'],
    ],
  ],
  'kat-score-1-p1-pass': [
    [
      'a score is a survey',
      (score) => {
        score.category[0].coding[0].code = 'exam';
        score.category[0].coding[0].display = 'Exam';
      },
      ['slice-min @ Observation'],
    ],
    [
      'a score is a number of points',
      (score) => {
        score.valueQuantity.code = '%';
      },
      ['pattern @ Observation.value.code'],
    ],
    ['a score has its time', without('effectiveDateTime'), ['cardinality-min @ Observation']],
  ],
  'kat-q-3-p1-pass': [
    ['a form has a version', without('version'), ['cardinality-min @ Questionnaire']],
    [
      'a form says under what licence it is',
      without('extension'),
      ['kat-q-2 @ Questionnaire', 'cardinality-min @ Questionnaire', 'slice-min @ Questionnaire'],
    ],
    [
      'a form is about a patient',
      (form) => {
        form.subjectType = ['Group'];
      },
      ['pattern @ Questionnaire.subjectType[0]'],
    ],
  ],
  'kat-el-2-p1-pass': [
    ['a decision has somebody who took it', without('performer'), ['cardinality-min @ Observation']],
    ['a decision decides', without('valueCodeableConcept'), ['cardinality-min @ Observation']],
    [
      'a decision is one of the known ones',
      (decision) => {
        decision.valueCodeableConcept = { text: 'Perhaps' };
      },
      ['binding-required @ Observation.value'],
    ],
    [
      'a domain has a graded result',
      (decision) => {
        decision.component[0].valueCodeableConcept = { text: 'Fine' };
      },
      ['binding-required @ Observation.component[0].value'],
    ],
    [
      'a domain is decided once',
      (decision) => {
        decision.component.push(decision.component[1]);
      },
      ['slice-max @ Observation'],
    ],
  ],
  'kat-req-1-p1-pass': [
    ['an ordered session belongs to a plan', without('basedOn'), ['cardinality-min @ ServiceRequest']],
    [
      'an ordered session has a number',
      without('extension'),
      ['cardinality-min @ ServiceRequest', 'slice-min @ ServiceRequest'],
    ],
    [
      'a session is planned or ordered',
      (order) => {
        order.intent = 'proposal';
      },
      ['binding-required @ ServiceRequest.intent'],
    ],
  ],
  'kat-mo-1-p1-pass': [
    ['medicine is ordered by somebody', without('requester'), ['cardinality-min @ MedicationRequest']],
    [
      'an ordered dose has its route',
      (order) => {
        delete order.dosageInstruction[0].route;
      },
      ['cardinality-min @ MedicationRequest.dosageInstruction[0]'],
    ],
    [
      'an ordered dose has its amount',
      (order) => {
        delete order.dosageInstruction[0].doseAndRate;
      },
      ['cardinality-min @ MedicationRequest.dosageInstruction[0]'],
    ],
  ],
  'kat-sd-1-p1-pass': [
    ['sedation is watched in a session', without('partOf'), ['cardinality-min @ Observation']],
    [
      'points have no unit of another kind',
      (rating) => {
        rating.valueQuantity.code = 'mg';
      },
      ['pattern @ Observation.value.code'],
    ],
  ],
  'kat-dr-1-p1-pass': [
    [
      'readiness is judged by one person',
      (readiness) => {
        readiness.performer.push(readiness.performer[0]);
      },
      ['cardinality-max @ Observation'],
    ],
    [
      'readiness is judged by known criteria',
      (readiness) => {
        readiness.component[0].code = { text: 'Looks well' };
      },
      ['binding-required @ Observation.component[0].code'],
    ],
  ],
  'kat-exp-1-p1-pass': [
    [
      'an experience has a strength from 0 to 4',
      (experience) => {
        experience.component[0].valueInteger = 5;
      },
      ['value-max @ Observation.component[0].value'],
    ],
  ],
  'kat-ae-1-p1-pass': [
    ['an event is named', without('event'), ['cardinality-min @ AdverseEvent']],
    ['an event has its time', without('date'), ['cardinality-min @ AdverseEvent']],
  ],
  'kat-note-1-p1-pass': [
    ['a note has its author', without('author'), ['cardinality-min @ DocumentReference']],
    [
      'a note is a psychotherapy note',
      (note) => {
        note.type.coding[0].code = 'integration-note';
        note.type.coding[0].display = 'Integration note';
      },
      ['pattern @ DocumentReference.type'],
    ],
  ],
  'kat-indication-condition': [
    ['an indication is coded or named', without('code'), ['cardinality-min @ Condition']],
    ['an indication has a clinical status', without('clinicalStatus'), ['cardinality-min @ Condition']],
  ],
  'kat-informed-consent': [
    ['a consent is dated', without('dateTime'), ['cardinality-min @ Consent']],
    [
      'a consent is one to treatment',
      (consent) => {
        consent.scope.coding[0] = { ...consent.scope.coding[0], code: 'research', display: 'Research' };
      },
      ['pattern @ Consent.scope'],
    ],
  ],
  'kat-care-team': [
    [
      'a team has a prescriber',
      (team) => {
        team.participant[1] = team.participant[0];
      },
      ['slice-min @ CareTeam'],
    ],
    [
      'a member has a function',
      (team) => {
        team.participant.push({ member: { reference: 'Practitioner/omar' } });
      },
      ['cardinality-min @ CareTeam.participant[3]'],
    ],
  ],
  'kat-goal': [
    [
      'a goal is said in words',
      (goal) => {
        delete goal.description.text;
        goal.description.coding = [{ code: 'x' }];
      },
      ['cardinality-min @ Goal.description'],
    ],
  ],
  'kat-session-heart-rate': [
    ['a heart rate belongs to a session', without('partOf'), ['cardinality-min @ Observation']],
  ],
  'kat-session-oxygen-saturation': [
    ['a saturation belongs to a session', without('partOf'), ['cardinality-min @ Observation']],
  ],
  'kat-session-respiratory-rate': [
    [
      'a respiratory rate has its point in the session',
      without('extension'),
      ['cardinality-min @ Observation', 'slice-min @ Observation'],
    ],
  ],
  'kat-session-weight': [
    [
      'a weight has its time',
      (weight) => {
        delete weight.effectiveDateTime;
        weight.effectivePeriod = { start: '2026-05-28' };
      },
      ['type @ Observation.effective'],
    ],
  ],
  'kat-protocol-deviation': [
    [
      'a deviation names a rule',
      (deviation) => {
        deviation.code = { text: 'Pressure too high' };
      },
      ['binding-required @ DetectedIssue.code'],
    ],
    [
      'an override has somebody who answers for it',
      (deviation) => {
        delete deviation.mitigation[0].author;
      },
      ['cardinality-min @ DetectedIssue.mitigation[0]'],
    ],
    [
      'an override gives its reason',
      (deviation) => {
        delete deviation.mitigation[0].action.text;
        deviation.mitigation[0].action.coding = [{ code: 'x' }];
      },
      ['cardinality-min @ DetectedIssue.mitigation[0].action'],
    ],
  ],
  'kat-protocol': [
    [
      'a parameter says where it comes from',
      (protocol) => {
        protocol.extension[0].extension.splice(3, 1);
      },
      ['cardinality-min @ PlanDefinition.extension[0]', 'slice-min @ PlanDefinition.extension[0]'],
    ],
    [
      'a parameter belongs to a known rule',
      (protocol) => {
        protocol.extension[0].extension[0].valueCode = 'R99';
      },
      ['binding-required @ PlanDefinition.extension[0].extension[0].value'],
    ],
  ],
};

for (const [name, rows] of Object.entries(faults)) {
  for (const [words, change, expected] of rows) {
    t.test(words, async (t) => {
      const resource = JSON.parse(cases.get(`${name}.json`)!);
      t.same(errors(resource), []);
      change(resource);
      t.same(errors(resource), expected);
    });
  }
}
