/**
 * What the profiles demand beyond R4, one fault at a time: a case that passes, changed in one place. What is absent is
 * reported where it should be.
 */
import t from 'tap';
import { jsonFiles } from '../support/guide-files.ts';
import { errors } from '../validator/parts.ts';

// biome-ignore lint/suspicious/noExplicitAny: cases of many types are changed
type Loose = any;
type Fault = readonly [name: string, change: (resource: Loose) => void, errors: readonly string[]];

const cases = new Map(
  jsonFiles('test/cases/invariants').map(({ path, text }) => [path.split('/').at(-1), text]),
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
      ['cardinality-max @ Procedure.category'],
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
      ['pattern @ MedicationAdministration.dosage.extension[0].value'],
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
      ['pattern @ Observation.value'],
    ],
    ['a score has its time', without('effectiveDateTime'), ['cardinality-min @ Observation']],
  ],
  'kat-q-3-p1-pass': [
    ['a form has a version', without('version'), ['cardinality-min @ Questionnaire']],
    [
      'a form says under what licence it is',
      without('extension'),
      ['cardinality-min @ Questionnaire', 'slice-min @ Questionnaire'],
    ],
    [
      'a form is about a patient',
      (form) => {
        form.subjectType = ['Group'];
      },
      ['pattern @ Questionnaire.subjectType[0]'],
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
