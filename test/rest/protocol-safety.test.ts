/** Safety at the session, over HTTP: one request that writes what is not safe, and what the server answers to it. */
import t from 'tap';
import { said, stored, transaction } from '../support/clinic.ts';
import { at, type CourseResources, concept, quantity } from '../support/course.ts';
import { startServer } from '../support/server.ts';
import { type SessionToCome, sessionToCome } from '../support/session-to-come.ts';
import { snomed, type WholeDescription } from '../support/whole-course.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

const minute = 60_000;
const server = await startServer({
  guide: 'shipped',
  environment: { VALIDATION: 'base', PROTOCOL_MODE: 'enforce' },
});
t.teardown(() => server.close());

interface Row {
  readonly name: string;
  readonly course?: WholeDescription;
  readonly bend?: (all: CourseResources) => void;
  /** What is written last, alone; the rest of the session stands before. */
  readonly last: string;
  /** Key, and what it says of the parameter; absent: the rule named after a dash has nothing to say. */
  readonly rule: string;
  readonly severity?: 'error' | 'warning';
  readonly parameter?: string;
}

const dose = 'MedicationAdministration/dose-3';
const session = 'Procedure/medicine-3';
const visit = 'Encounter/visit-medicine-3';

const pressure = (point: string, systolic: number, diastolic: number) => (all: CourseResources) => {
  const [high, low] = all.get(`Observation/pressure-3-${point}`).component;
  high.valueQuantity.value = systolic;
  low.valueQuantity.value = diastolic;
};
const given = (milligrams: number) => (all: CourseResources) => {
  all.get(dose).dosage.dose.value = milligrams;
};
/** A fact about the patient, beside those of the course. */
const fact = (resource: Any) => (all: CourseResources) => {
  const { id } = all.get('Patient/pat');
  const name = id.slice('pat-'.length);
  all.set('fact', { ...resource, id: `fact-${name}`, subject: { reference: `Patient/${id}` } });
};
/** After the second session, before the third. */
const psychosis = {
  resourceType: 'Condition',
  code: snomed('69322001'),
  onsetDateTime: '2026-06-06',
};
/** The patient leaves so many minutes after the dose; until then the session goes on. */
const leavesAfter = (minutes: number) => (all: CourseResources) => {
  const start = Date.parse(all.get(dose).effectivePeriod.start);
  all.get(visit).period.end = at(start + minutes * minute);
  all.get(session).status = 'in-progress';
  delete all.get(session).performedPeriod.end;
};
const readiness = 'Observation/readiness-3';
const older = (all: CourseResources) => {
  all.get('Patient/pat').birthDate = '1950-02-01';
};

const rows: readonly Row[] = [
  {
    name: 'a pressure before the dose that forbids it',
    bend: pressure('baseline', 184, 90),
    last: dose,
    rule: 'R09',
    severity: 'error',
    parameter: 'bp-hard-systolic = 180',
  },
  {
    name: 'a diastolic pressure that forbids it',
    bend: pressure('baseline', 130, 101),
    last: dose,
    rule: 'R09',
    severity: 'error',
    parameter: 'bp-hard-diastolic = 100',
  },
  {
    name: 'a pressure that asks for a decision',
    bend: pressure('baseline', 145, 80),
    last: dose,
    rule: 'R09',
    severity: 'warning',
    parameter: 'bp-soft-systolic = 140',
  },
  {
    name: 'the same pressure at an older age',
    bend: (all) => {
      older(all);
      pressure('baseline', 145, 80)(all);
    },
    last: dose,
    rule: 'R09',
  },
  {
    name: 'an alarming pressure after the dose',
    bend: pressure('during', 182, 90),
    last: 'Observation/pressure-3-during',
    rule: 'R09',
    severity: 'warning',
    parameter: 'bp-alert-systolic = 180',
  },
  {
    name: 'a pressure that rose by too much',
    bend: pressure('during', 163, 90),
    last: 'Observation/pressure-3-during',
    rule: 'R09',
    severity: 'warning',
    parameter: 'bp-rise-systolic = 40',
  },
  {
    name: 'a dose by weight out of range, whatever it says of itself',
    bend: given(140),
    last: dose,
    rule: 'R11',
    severity: 'error',
    parameter: 'dose-range-iv',
  },
  {
    name: 'a dose by weight that does not agree with dose and weight',
    bend: (all) => {
      const url = 'https://w3id.org/kat-fhir/StructureDefinition/kat-dose-per-weight';
      all.get(dose).dosage.extension = [{ url, valueQuantity: quantity(0.7, 'mg/kg') }];
    },
    last: dose,
    rule: 'R11',
    severity: 'error',
    parameter: 'dose-agreement = 10',
  },
  {
    name: 'a dose into the muscle above its limit',
    course: { way: 'im', milligrams: 100 },
    bend: given(201),
    last: dose,
    rule: 'R11',
    severity: 'error',
    parameter: 'dose-max-im',
  },
  {
    name: 'esketamine that is no whole number of devices',
    course: { way: 'esketamine', milligrams: 56 },
    bend: given(70),
    last: dose,
    rule: 'R11',
    severity: 'error',
    parameter: 'esketamine-device = 28',
  },
  {
    name: 'a dose by weight out of range, stored before its session',
    bend: given(140),
    last: session,
    rule: 'R11',
    severity: 'error',
    parameter: 'dose-range-iv',
  },
  {
    name: 'a dose that the pressure forbade, stored before its session',
    bend: pressure('baseline', 184, 90),
    last: session,
    rule: 'R09',
    severity: 'error',
    parameter: 'bp-hard-systolic = 180',
  },
  {
    name: 'a pressure that forbade the dose, recorded after it',
    course: { sessions: 3 },
    bend: (all) => {
      pressure('baseline', 184, 90)(all);
      all.get(session).status = 'in-progress';
    },
    last: 'Observation/pressure-3-baseline',
    rule: 'R09',
    severity: 'warning',
    parameter: 'bp-hard-systolic = 180',
  },
  {
    name: 'a dose that rises too fast',
    bend: given(75),
    last: dose,
    rule: 'R11',
    severity: 'warning',
    parameter: 'escalation-max',
  },
  {
    name: 'a patient who leaves too soon',
    bend: leavesAfter(100),
    last: visit,
    rule: 'R12',
    severity: 'warning',
    parameter: 'observation-min = ',
  },
  {
    name: 'a patient who leaves too soon after esketamine',
    course: { way: 'esketamine', milligrams: 56 },
    bend: leavesAfter(119),
    last: visit,
    rule: 'R12',
    severity: 'error',
    parameter: 'observation-min-esketamine = ',
  },
  {
    name: 'a patient who leaves in time',
    bend: leavesAfter(140),
    last: visit,
    rule: 'R12',
  },
  {
    name: 'a visit that ends without a record of readiness to leave',
    bend: (all) => all.delete(readiness),
    last: visit,
    rule: 'R13',
    severity: 'error',
    parameter: 'all-criteria = true',
  },
  {
    name: 'a visit that ends with a criterion open',
    bend: (all) => {
      all.get(readiness).component[7].valueBoolean = false;
    },
    last: visit,
    rule: 'R13',
    severity: 'error',
    parameter: 'all-criteria = true',
  },
  {
    name: 'a high suicide risk that nobody acted on',
    bend: (all) => {
      all.get('Observation/risk-3').valueCodeableConcept = concept('kat-suicide-risk', 'high');
    },
    last: 'Observation/risk-3',
    rule: 'R14',
    severity: 'error',
    parameter: 'action-level = high',
  },
  {
    name: 'the same, assessed outside the session',
    bend: (all) => {
      const risk = all.get('Observation/risk-3');
      risk.valueCodeableConcept = concept('kat-suicide-risk', 'high');
      delete risk.partOf;
    },
    last: 'Observation/risk-3',
    rule: 'R14',
    severity: 'error',
    parameter: 'action-level = high',
  },
  {
    name: 'a condition that stands against the dose',
    bend: fact(psychosis),
    last: session,
    rule: 'R16',
    severity: 'error',
    parameter: 'contraindications = ',
  },
  {
    name: 'a medicine that interacts',
    bend: fact({
      resourceType: 'MedicationStatement',
      status: 'active',
      medicationCodeableConcept: concept('kat-interaction', 'benzodiazepine'),
    }),
    last: session,
    rule: 'R16',
    severity: 'warning',
    parameter: 'interactions = ',
  },
  {
    name: 'a serious adverse event without its review',
    course: { sessions: 2 },
    bend: (all) => all.delete('Task/review'),
    last: 'Procedure/medicine-2',
    rule: 'R20',
    severity: 'error',
    parameter: 'review-required = true',
  },
  {
    name: 'a serious adverse event recorded after the session that followed',
    course: { sessions: 2 },
    bend: (all) => all.delete('Task/review'),
    last: 'AdverseEvent/event',
    rule: 'R20',
    severity: 'warning',
    parameter: 'review-required = true',
  },
  {
    name: 'a session that is closed without vital signs before discharge',
    bend: (all) => all.delete('Observation/oxygen-3-pre-discharge'),
    last: session,
    rule: 'R08',
    severity: 'error',
  },
  {
    name: 'a session without a medical monitor',
    bend: (all) => all.get(session).performer.pop(),
    last: session,
    rule: 'R10',
    severity: 'error',
    parameter: 'monitor-required = true',
  },
];

/** Stores the course but for what is written last; of a visit, that it has begun. */
async function readyFor(last: Any, { before, session }: SessionToCome): Promise<void> {
  const others = [...before(), ...session()].filter((one) => one !== last);
  const begun = { ...last, status: 'in-progress', period: { start: last.period?.start } };
  const answer = await transaction(server, last.resourceType === 'Encounter' ? [...others, begun] : others);
  if (answer.status !== 200) throw new Error(said(answer));
}

const written = (last: Any) =>
  server.send('PUT', `/${last.resourceType}/${last.id}`, {
    body: last,
    headers: { prefer: 'return=OperationOutcome' },
  });

const findings = ({ body }: Any, rule: string): Any[] =>
  body.issue.filter(({ details }: Any) => details.coding[0].code === rule);

for (const [row, { name, course, bend, last: key, rule, severity, parameter }] of rows.entries())
  t.test(`${name}: ${severity ?? 'nothing said'}`, async (t) => {
    const story = sessionToCome(`s${row}`, course);
    bend?.(story.all);
    const last = story.all.get(key);
    await readyFor(last, story);
    const answer = await written(last);
    t.equal(answer.status < 300, severity !== 'error', `${answer.status} ${said(answer)}`);
    const found = findings(answer, rule);
    t.equal(found[0]?.severity, severity, 'the gravest first');
    if (parameter !== undefined) t.match(found[0]?.diagnostics, `Parameter ${parameter}`);
    const read = await server.send('GET', `/${last.resourceType}/${last.id}`);
    t.equal(read.body.status === last.status, severity !== 'error', 'stored, or not');
  });

t.test('none of it is said of a session that keeps the rules', async (t) => {
  for (const key of new Set(rows.flatMap(({ last, course }) => (course ? [] : last)))) {
    const story = sessionToCome(`kept-${key.replace('/', '-').toLowerCase()}`);
    const last = story.all.get(key);
    await readyFor(last, story);
    const answer = await written(last);
    t.ok(answer.status < 300, `${key}: ${said(answer)}`);
    const asked = new Set(rows.map(({ rule }) => rule));
    t.same(
      [...asked].filter((rule) => findings(answer, rule).length > 0),
      [],
    );
  }
});

t.test('what is found to stand against the dose during the session stops the dose', async (t) => {
  const story = sessionToCome('during');
  const last = story.all.get(dose);
  await readyFor(last, story);
  fact(psychosis)(story.all);
  await stored(server, story.all.get('fact'));
  const answer = await written(last);
  t.equal(answer.status, 422);
  t.same(
    findings(answer, 'R16').map(({ severity }) => severity),
    ['error'],
  );
});
