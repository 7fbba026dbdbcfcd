/** What rules say beside the plain breach: how grave it is, what is still to come, what does not apply. */
import t from 'tap';
import type { Verdict } from '../../src/protocol/rule.ts';
import { protocolRules } from '../../src/protocol/rules/rules.ts';
import {
  at,
  type CourseResources,
  check,
  concept,
  deviation,
  firstSession,
  quantity,
  shippedProtocol,
} from '../support/course.ts';
import { snomed, type WholeDescription, wholeCourse } from '../support/whole-course.ts';

const minute = 60_000;
const day = 1440 * minute;
const base = 'https://w3id.org/kat-fhir';

interface Branch {
  readonly rule: string;
  readonly name: string;
  readonly course?: WholeDescription;
  readonly change?: (all: CourseResources) => void;
  readonly now?: number;
  /** A protocol of the guide, else the general one. */
  readonly protocol?: string;
  /** `fail warning`, or the status alone of what is no breach. */
  readonly expected: readonly string[];
  readonly due?: number;
}

/** Status and severity of the verdicts, each once; without those that pass, unless all do. */
function said(verdicts: readonly Verdict[]): string[] {
  const all = verdicts.map(({ status, severity }) => (status === 'fail' ? `fail ${severity}` : status));
  const other = [...new Set(all.filter((one) => one !== 'pass'))];
  return other.length > 0 ? other.toSorted() : ['pass'];
}

const setPressure = (all: CourseResources, systolic: number, diastolic = 78) => {
  const { component } = all.get('Observation/pressure-2-baseline');
  component[0].valueQuantity.value = systolic;
  component[1].valueQuantity.value = diastolic;
};
const setDose = (number: number, milligrams: number) => (all: CourseResources) => {
  all.get(`MedicationAdministration/dose-${number}`).dosage.dose = quantity(milligrams, 'mg');
};
const add = (all: CourseResources, resource: { resourceType: string }) =>
  all.set(`${resource.resourceType}/fact`, {
    id: 'fact',
    subject: { reference: 'Patient/pat' },
    ...resource,
  });
const waiver = (rule: string) => ({
  url: `${base}/StructureDefinition/kat-waiver`,
  extension: [
    { url: 'rule', valueCode: rule },
    { url: 'reason', valueString: 'The patient travels' },
    { url: 'author', valueReference: { reference: 'Practitioner/paul' } },
  ],
});
const waive = (rule: string) => (all: CourseResources) => {
  all.delete('Procedure/integration-2');
  all.get('Procedure/medicine-2').extension.push(waiver(rule));
};
const infarction = (daysAgo: number) => (all: CourseResources) =>
  add(all, {
    resourceType: 'Condition',
    ...{ code: snomed('22298006'), onsetDateTime: at(firstSession - daysAgo * day) },
  });
const benzodiazepine = (status: string, end?: number) => (all: CourseResources) =>
  add(all, {
    resourceType: 'MedicationStatement',
    ...{ status, medicationCodeableConcept: concept('kat-interaction', 'benzodiazepine') },
    ...(end === undefined ? {} : { effectivePeriod: { end: at(end) } }),
  });
const allergy = (code: string) => (all: CourseResources) =>
  add(all, {
    resourceType: 'AllergyIntolerance',
    ...{ patient: { reference: 'Patient/pat' }, code: snomed(code) },
  });
const suicidalAnswer = (status: string) => (all: CourseResources) => {
  add(all, {
    resourceType: 'QuestionnaireResponse',
    ...{ status: 'completed', authored: at(firstSession), item: [{ answer: [{ valueInteger: 2 }] }] },
  });
  const focus = { reference: 'QuestionnaireResponse/fact' };
  all.set('Task/look', {
    ...{ resourceType: 'Task', id: 'look', status, for: { reference: 'Patient/pat' }, focus },
  });
};
/** When the last of four medicine sessions ends. */
const lastEnd = firstSession + 9 * day + 180 * minute;

const branches: readonly Branch[] = [
  { rule: 'R04', name: 'more sessions than usual', course: { sessions: 9 }, expected: ['fail warning'] },
  { rule: 'R04', name: 'fewer sessions than usual', course: { sessions: 3 }, expected: ['fail information'] },
  {
    rule: 'R04',
    name: 'few sessions while the course goes on',
    course: { sessions: 3, planned: 6, status: 'in-progress' },
    expected: ['not-yet'],
  },
  {
    rule: 'R04',
    name: 'the course says how many are planned where its plan is silent',
    change: (all) => {
      const { extension } = all.get('CarePlan/plan');
      all.get('Procedure/course').extension = [{ ...extension.pop(), valuePositiveInt: 3 }];
    },
    expected: ['fail error'],
  },
  { rule: 'R05', name: 'integration waived', change: waive('R05'), expected: ['not-applicable'] },
  {
    rule: 'R05',
    name: 'integration due in three days',
    change: (all) => all.delete('Procedure/integration-4'),
    now: lastEnd + 3 * day,
    expected: ['not-yet'],
    due: lastEnd + 3 * day,
  },
  {
    rule: 'R05',
    name: 'integration overdue from then on',
    change: (all) => all.delete('Procedure/integration-4'),
    now: lastEnd + 3 * day + 1,
    expected: ['fail warning'],
  },
  {
    rule: 'R05',
    name: 'no integration asked for',
    protocol: 'kat-protocol-infusion-only',
    expected: ['not-applicable'],
  },
  {
    rule: 'R06',
    name: 'integration before the next session waived',
    change: waive('R06'),
    expected: ['pass'],
  },
  {
    rule: 'R06',
    name: 'the comparator, without integration',
    protocol: 'kat-protocol-infusion-only',
    change: (all) => {
      for (const number of [1, 2, 3, 4]) all.delete(`Procedure/integration-${number}`);
    },
    expected: ['pass'],
  },
  {
    rule: 'R09',
    name: '145 below 65 years',
    change: (all) => setPressure(all, 145),
    expected: ['fail warning'],
  },
  {
    rule: 'R09',
    name: '145 from 65 years',
    change: (all) => {
      all.get('Patient/pat').birthDate = '1961-06-04';
      setPressure(all, 145);
    },
    expected: ['pass'],
  },
  {
    rule: 'R09',
    name: '145 on the day before 65 years',
    change: (all) => {
      all.get('Patient/pat').birthDate = '1961-06-05';
      setPressure(all, 145);
    },
    expected: ['fail warning'],
  },
  {
    rule: 'R09',
    name: '150 from 65 years',
    change: (all) => {
      all.get('Patient/pat').birthDate = '1950-01-01';
      setPressure(all, 150);
    },
    expected: ['fail warning'],
  },
  {
    rule: 'R09',
    name: 'a diastolic pressure of 100',
    change: (all) => setPressure(all, 120, 100),
    expected: ['fail error'],
  },
  {
    rule: 'R11',
    name: 'below the range of an infusion',
    course: { milligrams: 6, kilograms: 70 },
    expected: ['fail error'],
  },
  {
    rule: 'R11',
    name: '130 mg by muscle at first',
    course: { way: 'im', milligrams: 130 },
    expected: ['pass'],
  },
  {
    rule: 'R11',
    name: '131 mg by muscle at first',
    course: { way: 'im', milligrams: 131 },
    expected: ['fail warning'],
  },
  {
    rule: 'R11',
    name: '201 mg by muscle later',
    course: { way: 'im', milligrams: 120 },
    change: setDose(2, 201),
    expected: ['fail error'],
  },
  {
    rule: 'R11',
    name: '110 mg under the tongue at first',
    course: { way: 'sublingual', milligrams: 110 },
    expected: ['fail warning'],
  },
  {
    rule: 'R11',
    name: 'twice the dose before',
    course: { way: 'im', milligrams: 50 },
    change: setDose(4, 100),
    expected: ['pass'],
  },
  {
    rule: 'R11',
    name: 'more than twice the dose before',
    course: { way: 'im', milligrams: 50 },
    change: setDose(4, 101),
    expected: ['fail warning'],
  },
  {
    rule: 'R11',
    name: 'esketamine between two devices',
    course: { way: 'esketamine', milligrams: 56 },
    change: setDose(2, 60),
    expected: ['fail error'],
  },
  {
    rule: 'R11',
    name: 'three devices on the first day',
    course: { way: 'esketamine', milligrams: 84 },
    expected: ['fail warning'],
  },
  {
    rule: 'R11',
    name: 'two devices on the first day from 65 years',
    course: { way: 'esketamine', milligrams: 56 },
    change: (all) => {
      all.get('Patient/pat').birthDate = '1950-01-01';
    },
    expected: ['fail warning'],
  },
  {
    rule: 'R11',
    name: 'a rate that gives the dose within 35 minutes',
    change: (all) => {
      all.get('MedicationAdministration/dose-2').dosage.rateQuantity = quantity(60, 'mg/h');
    },
    expected: ['fail warning'],
  },
  { rule: 'R15', name: 'a dose just above its order', change: setDose(2, 36), expected: ['fail warning'] },
  {
    rule: 'R16',
    name: 'an infarction of seven weeks ago, still active',
    change: infarction(49),
    expected: ['fail warning'],
  },
  { rule: 'R16', name: 'a medicine that was stopped', change: benzodiazepine('stopped'), expected: ['pass'] },
  {
    rule: 'R16',
    name: 'a medicine that was stopped after the first session',
    change: benzodiazepine('stopped', firstSession + day),
    expected: ['fail warning'],
  },
  {
    rule: 'R16',
    name: 'an allergy to ketamine, by its own code',
    change: allergy('293707005'),
    expected: ['fail error'],
  },
  { rule: 'R16', name: 'another allergy', change: allergy('416098002'), expected: ['pass'] },
  {
    rule: 'R18',
    name: 'the last score falls due after 14 days',
    change: (all) => all.delete('Observation/score-end'),
    now: lastEnd + day,
    expected: ['not-yet'],
    due: lastEnd + 14 * day,
  },
  {
    rule: 'R18',
    name: 'a last score of another instrument',
    change: (all) => {
      all.get('Observation/score-end').code.coding[0].code = '70274-6';
    },
    expected: ['fail information'],
  },
  {
    rule: 'R18',
    name: 'an answer that is being looked after',
    change: suicidalAnswer('requested'),
    expected: ['not-yet'],
  },
  {
    rule: 'R18',
    name: 'an answer that was looked after',
    change: suicidalAnswer('completed'),
    expected: ['pass'],
  },
  {
    rule: 'R18',
    name: 'an answer whose Task was cancelled',
    change: suicidalAnswer('cancelled'),
    expected: ['fail information'],
  },
  {
    rule: 'R20',
    name: 'a review by somebody else than the prescriber',
    change: (all) => {
      all.get('Task/review').owner.reference = 'Practitioner/tess';
    },
    expected: ['fail error'],
  },
  {
    rule: 'R20',
    name: 'an event that is not serious',
    change: (all) => {
      all.get('AdverseEvent/event').event = snomed('3424008');
    },
    expected: ['not-applicable'],
  },
  {
    rule: 'R21',
    name: 'a man',
    change: (all) => {
      all.get('Patient/pat').gender = 'male';
    },
    expected: ['not-applicable'],
  },
  {
    rule: 'R21',
    name: 'a test eight days old',
    change: (all) => {
      for (const number of [2, 3, 4]) all.delete(`Observation/pregnancy-${number}`);
      all.get('Observation/pregnancy-1').effectiveDateTime = at(firstSession - 8 * day);
    },
    expected: ['fail warning'],
  },
];

for (const { rule, name, course, change, now, protocol, expected, due } of branches)
  t.test(`${rule}, ${name}: ${expected.join(', ')}`, async (t) => {
    const resources = wholeCourse(course);
    change?.(resources);
    const [report] = await check(resources, {
      rules: protocolRules.filter(({ key }) => key === rule),
      ...(now === undefined ? {} : { now }),
      ...(protocol === undefined ? {} : { protocol: shippedProtocol(protocol) }),
    });
    const { verdicts } = report!;
    t.same(said(verdicts), expected);
    if (due !== undefined) t.equal(verdicts.find(({ status }) => status === 'not-yet')?.due, due);
  });

t.test('a deviation of another rule, or of another resource, overrides nothing', async (t) => {
  const resources = wholeCourse();
  resources.delete('Consent/consent');
  const consent = protocolRules.filter(({ key }) => key === 'R02');
  for (const [key, resource] of [
    ['R01', 'Procedure/medicine-1'],
    ['R02', 'Procedure/integration-1'],
  ] as const) {
    resources.set('DetectedIssue/deviation', deviation(key, resource));
    const [report] = await check(resources, { rules: consent });
    t.same(said(report!.verdicts), ['fail error']);
  }
});
