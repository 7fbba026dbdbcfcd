/** The same course written in other ways: zones, bare days, units, roles, series. What it means stays what it is. */
import t from 'tap';
import {
  at,
  type CourseResources,
  concept,
  deviation,
  firstSession,
  loinc,
  quantity,
  rulesThat,
} from '../support/course.ts';
import { snomed, type WholeDescription, wholeCourse } from '../support/whole-course.ts';

const hour = 3_600_000;
const day = 24 * hour;
const base = 'https://w3id.org/kat-fhir';

/** The instants of a course as they are written where clocks are ahead of UTC; what it holds moves with them. */
function written(resources: CourseResources, hoursAhead: number, startsAt: number): CourseResources {
  const sign = hoursAhead < 0 ? '-' : '+';
  const zone = `${sign}${String(Math.abs(hoursAhead)).padStart(2, '0')}:00`;
  const moved = startsAt - 9 - hoursAhead;
  const text = JSON.stringify([...resources], (_, value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)
      ? new Date(Date.parse(value) + (moved + hoursAhead) * hour).toISOString().replace('Z', zone)
      : value,
  );
  return new Map(JSON.parse(text));
}

/** Days without a time where a record may name but a day. */
function inDays(all: CourseResources): void {
  const dayOf = (text: string) => text.slice(0, 10);
  const first = dayOf(all.get('Procedure/medicine-1').performedPeriod.start);
  const last = dayOf(all.get('Procedure/medicine-4').performedPeriod.start);
  const decision = all.get('Observation/decision');
  decision.effectiveDateTime = first;
  decision.extension = [{ url: `${base}/StructureDefinition/kat-eligibility-valid-until`, valueDate: first }];
  all.get('Consent/consent').dateTime = first;
  all.get('Consent/consent').provision = { period: { start: first, end: last } };
  all.get('CareTeam/team').period = { start: first, end: last };
  all.get('Observation/weight').effectiveDateTime = first;
  all.get('MedicationRequest/order').authoredOn = first;
  for (const n of [1, 2, 3, 4]) {
    const start = dayOf(all.get(`Procedure/medicine-${n}`).performedPeriod.start);
    all.get(`Observation/risk-${n}`).effectiveDateTime = start;
    all.get(`Observation/pregnancy-${n}`).effectiveDateTime = start;
    all.get(`MedicationAdministration/dose-${n}`).effectivePeriod = { start, end: start };
  }
  all.get('Observation/score-baseline').effectiveDateTime = first;
  // On the day of the session in which it happened.
  const event = all.get('AdverseEvent/event');
  event.date = first;
  delete event.recordedDate;
  all.get('Task/review').executionPeriod = { end: dayOf(at(firstSession + 2 * day)) };
}

for (const [place, hoursAhead, startsAt] of [
  ['Brisbane, in the morning', 10, 8],
  ['Vancouver, in the afternoon', -8, 17],
  ['Greenwich', 0, 9],
] as const)
  t.test(`a course at ${place} keeps every rule, in instants and in days`, async (t) => {
    const all = written(wholeCourse({ sessions: 4 }), hoursAhead, startsAt);
    t.match(all.get('Procedure/medicine-1').performedPeriod.start, `T${String(startsAt).padStart(2, '0')}:`);
    t.same(await rulesThat('fail', all), []);
    inDays(all);
    t.same(await rulesThat('fail', all), []);
  });

t.test('an assessment of the same day may be written in another zone', async (t) => {
  const all = written(wholeCourse({ sessions: 4 }), 10, 8);
  const risk = all.get('Observation/risk-2');
  risk.effectiveDateTime = at(Date.parse(risk.effectiveDateTime));
  t.not(
    risk.effectiveDateTime.slice(0, 10),
    all.get('Procedure/medicine-2').performedPeriod.start.slice(0, 10),
  );
  t.same(await rulesThat('fail', all), []);
});

interface Way {
  readonly name: string;
  readonly course?: WholeDescription;
  readonly change: (all: CourseResources) => void;
  /** Rules that are broken by it. */
  readonly broken: readonly string[];
}

const dose = (all: CourseResources, n: number) => all.get(`MedicationAdministration/dose-${n}`);
const session = (all: CourseResources, n: number) => all.get(`Procedure/medicine-${n}`);
const setBaseline = (all: CourseResources, n: number, systolic: number) => {
  all.get(`Observation/pressure-${n}-baseline`).component[0].valueQuantity.value = systolic;
};
const implicating = (rule: string, ...references: string[]) => ({
  ...deviation(rule, ''),
  implicated: references.map((reference) => ({ reference })),
});
const event = (all: CourseResources) => all.get('AdverseEvent/event');
function maintain(all: CourseResources): void {
  const intent = { url: `${base}/StructureDefinition/kat-treatment-intent` };
  const valueCodeableConcept = concept('kat-treatment-intent', 'maintenance');
  all.get('Procedure/course').extension = [{ ...intent, valueCodeableConcept }];
}

const ways: readonly Way[] = [
  {
    name: 'weights in grams and in pounds',
    change: (all) => {
      const weight = all.get('Observation/weight');
      weight.valueQuantity = quantity(70_000, 'g');
      const later = structuredClone(weight);
      later.id = 'weight-2';
      later.effectiveDateTime = at(firstSession + 2 * day);
      later.valueQuantity = quantity(154.3, '[lb_av]');
      all.set('Observation/weight-2', later);
      for (const n of [1, 2, 3, 4])
        dose(all, n).dosage.extension = [
          { url: `${base}/StructureDefinition/kat-dose-per-weight`, valueQuantity: quantity(0.5, 'mg/kg') },
        ];
    },
    broken: [],
  },
  {
    name: 'an order by weight that the dose exceeds',
    change: (all) => {
      const [{ doseAndRate }] = all.get('MedicationRequest/order').dosageInstruction;
      doseAndRate[0].doseQuantity = quantity(0.5, 'mg/kg');
      dose(all, 2).dosage.dose = quantity(56, 'mg');
    },
    broken: ['R15'],
  },
  {
    name: 'an order by weight that the dose meets, rounded to whole milligrams',
    change: (all) => {
      const [{ doseAndRate }] = all.get('MedicationRequest/order').dosageInstruction;
      doseAndRate[0].doseQuantity = quantity(0.5, 'mg/kg');
      dose(all, 2).dosage.dose = quantity(36, 'mg');
    },
    broken: [],
  },
  {
    name: 'a dose given twice on one order',
    course: { way: 'im', milligrams: 60 },
    change: (all) =>
      all.set('MedicationAdministration/again', { ...structuredClone(dose(all, 1)), id: 'again' }),
    broken: ['R15'],
  },
  {
    name: 'a dose given in two parts that make up the order',
    course: { way: 'esketamine', milligrams: 56 },
    change: (all) => {
      dose(all, 1).dosage.dose = quantity(28, 'mg');
      all.set('MedicationAdministration/again', { ...structuredClone(dose(all, 1)), id: 'again' });
    },
    broken: [],
  },
  {
    name: 'a serious event in lower case',
    change: (all) => {
      event(all).event = snomed('422587007');
      event(all).seriousness = {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/adverse-event-seriousness', code: 'serious' },
        ],
      };
      all.delete('Task/review');
    },
    broken: ['R20'],
  },
  {
    name: 'a serious event that names the visit of its session and but a day',
    change: (all) => {
      event(all).encounter = { reference: 'Encounter/visit-medicine-2' };
      event(all).date = at(firstSession + 3 * day).slice(0, 10);
      delete event(all).recordedDate;
      all.get('Task/review').executionPeriod = { end: at(firstSession + 4 * day) };
    },
    broken: [],
  },
  {
    name: 'the same, reviewed after the session that followed',
    change: (all) => {
      delete event(all).encounter;
      event(all).suspectEntity = [{ instance: { reference: 'MedicationAdministration/dose-2' } }];
      event(all).date = at(firstSession + 3 * day).slice(0, 10);
      delete event(all).recordedDate;
      all.get('Task/review').executionPeriod = { end: at(firstSession + 6 * day + hour) };
    },
    broken: ['R20'],
  },
  {
    name: 'a serious event of an earlier course that nobody reviewed',
    change: (all) => {
      event(all).suspectEntity = [{ instance: { reference: 'Procedure/medicine-of-last-year' } }];
      event(all).date = at(firstSession - 200 * day);
      delete event(all).recordedDate;
      all.delete('Task/review');
    },
    broken: ['R20'],
  },
  {
    name: 'a serious event of another kind, before the course',
    change: (all) => {
      event(all).date = at(firstSession - 200 * day);
      delete event(all).recordedDate;
      all.delete('Task/review');
    },
    broken: [],
  },
  {
    name: 'maintenance that goes on with the dose reached before',
    course: { way: 'esketamine', milligrams: 84 },
    change: maintain,
    broken: [],
  },
  {
    name: 'the same as a first course',
    course: { way: 'esketamine', milligrams: 84 },
    change: () => {},
    broken: ['R11'],
  },
  {
    name: 'visits, teams and readings that do not say whose they are',
    change: (all) => {
      for (const key of ['Encounter/visit-medicine-2', 'Observation/pulse-2-during', 'CareTeam/team'])
        delete all.get(key).subject;
    },
    broken: [],
  },
  {
    name: 'readiness to leave recorded before the dose',
    change: (all) => {
      all.get('Observation/readiness-2').effectiveDateTime = session(all, 2).performedPeriod.start;
    },
    broken: ['R13'],
  },
  {
    name: 'readiness to leave that names but the day',
    change: (all) => {
      const { performedPeriod } = session(all, 2);
      all.get('Observation/readiness-2').effectiveDateTime = performedPeriod.start.slice(0, 10);
    },
    broken: [],
  },
  {
    name: 'a decision made for another plan of the patient',
    change: (all) => {
      all.get('Observation/decision').basedOn = [{ reference: 'CarePlan/earlier' }];
    },
    broken: ['R01'],
  },
  {
    name: 'a decision made for this plan',
    change: (all) => {
      all.get('Observation/decision').basedOn = [
        { reference: 'ServiceRequest/s' },
        { reference: 'CarePlan/plan' },
      ];
    },
    broken: [],
  },
  {
    name: 'the prescriber as the monitor',
    change: (all) => {
      session(all, 2).performer[1].function = concept('kat-performer-function', 'prescriber');
    },
    broken: [],
  },
  {
    name: 'people who take part by their roles',
    change: (all) => {
      for (const id of ['tess', 'paul'])
        all.set(`PractitionerRole/${id}`, {
          ...{ resourceType: 'PractitionerRole', id },
          practitioner: { reference: `Practitioner/${id}` },
        });
      session(all, 2).performer[0].actor.reference = 'PractitionerRole/tess';
      all.get('MedicationRequest/order').requester.reference = 'PractitionerRole/paul';
    },
    broken: [],
  },
  {
    name: 'a role of somebody from outside the team',
    change: (all) => {
      all.set('PractitionerRole/other', {
        ...{ resourceType: 'PractitionerRole', id: 'other' },
        practitioner: { reference: 'Practitioner/other' },
      });
      session(all, 2).performer[0].actor.reference = 'PractitionerRole/other';
    },
    broken: ['R10'],
  },
  {
    name: 'a high risk in the code of LOINC, without action',
    change: (all) => {
      all.get('Observation/risk-2').valueCodeableConcept = loinc('LA9193-9');
    },
    broken: ['R14'],
  },
  {
    name: 'a course of ten sessions that is maintenance',
    course: { sessions: 10 },
    change: maintain,
    broken: [],
  },
  {
    name: 'two sessions of maintenance after eight that were planned',
    course: { sessions: 10, planned: 8 },
    change: (all) => {
      for (const n of [9, 10]) session(all, n).category = concept('kat-phase', 'maintenance');
    },
    broken: [],
  },
  {
    name: 'maintenance that counts anew',
    course: { sessions: 10, planned: 8 },
    change: (all) => {
      for (const n of [9, 10]) {
        session(all, n).category = concept('kat-phase', 'maintenance');
        session(all, n).extension[0].valuePositiveInt = n - 8;
      }
    },
    broken: [],
  },
  {
    name: 'ten sessions of a course for which ten were planned',
    course: { sessions: 10 },
    change: () => {},
    broken: ['R04'],
  },
  {
    name: 'a pressure that asks for a decision, recorded as a deviation of the session',
    change: (all) => {
      setBaseline(all, 2, 145);
      all.set('DetectedIssue/d', implicating('R09', 'Procedure/medicine-2'));
    },
    broken: [],
  },
  {
    name: 'the same of another session',
    change: (all) => {
      setBaseline(all, 2, 145);
      all.set('DetectedIssue/d', implicating('R09', 'Procedure/medicine-1'));
    },
    broken: ['R09'],
  },
  {
    name: 'a dose above its range, recorded as a deviation of the session, cancelled since',
    change: (all) => {
      dose(all, 2).dosage.dose = quantity(110, 'mg');
      all.get('MedicationRequest/order').dosageInstruction[0].doseAndRate[0].doseQuantity.value = 110;
      all.set('DetectedIssue/d', { ...implicating('R11', 'Procedure/medicine-2'), status: 'cancelled' });
    },
    broken: ['R11'],
  },
];

for (const { name, course, change, broken } of ways)
  t.test(`${name}: ${broken.join(', ') || 'keeps every rule'}`, async (t) => {
    const all = wholeCourse({ sessions: 4, ...course });
    change(all);
    t.same(await rulesThat('fail', all), broken);
  });

t.test('two courses of one patient, one after the other, keep every rule each', async (t) => {
  const first = wholeCourse({ sessions: 4 });
  const shared = new Set(['Patient/pat', 'CareTeam/team']);
  const text = JSON.stringify([...first], (name, value) => {
    if (name === 'id' && value !== 'pat' && value !== 'team') return `${value}-later`;
    if (name === 'reference' && first.has(value) && !shared.has(value)) return `${value}-later`;
    const isInstant = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
    return isInstant ? at(Date.parse(value) + 60 * day) : value;
  });
  const later: CourseResources = new Map(
    JSON.parse(text).map(([, one]: [string, { resourceType: string; id: string }]) => [
      `${one.resourceType}/${one.id}`,
      one,
    ]),
  );
  const both: CourseResources = new Map([...first, ...later]);
  t.same(await rulesThat('fail', both), [], 'the first');
  const other = new Map([...both, ['Procedure/course', both.get('Procedure/course-later')]]);
  t.same(await rulesThat('fail', other), [], 'the second');
  // Its numbers, sessions and decisions are its own.
  for (const key of ['Procedure/preparation-1-later', 'Procedure/integration-2-later']) other.delete(key);
  t.same(await rulesThat('fail', other), ['R03', 'R05', 'R06', 'R17'], 'the second, with faults');
  const untouched = new Map([...other, ['Procedure/course', both.get('Procedure/course')]]);
  t.same(await rulesThat('fail', untouched), [], 'the first, all the same');
});
