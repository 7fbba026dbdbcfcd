/**
 * A clinic of its own kind over HTTP: its protocol has other numbers and lists of its own, and what it sends comes in
 * one transaction of new resources that name each other before they have ids.
 */
import t from 'tap';
import { said, stored } from '../support/clinic.ts';
import { type CourseResources, concept, quantity } from '../support/course.ts';
import { keysOf, startServer } from '../support/server.ts';
import { wholeCourse } from '../support/whole-course.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

const server = await startServer({
  guide: 'shipped',
  environment: { VALIDATION: 'base', PROTOCOL_MODE: 'enforce' },
});
t.teardown(() => server.close());

const parameterUrl = 'https://w3id.org/kat-fhir/StructureDefinition/kat-rule-parameter';
const url = 'https://clinic.example/PlanDefinition/own';
const listUrl = 'https://clinic.example/ValueSet/what-we-watch';
const drugs = 'https://clinic.example/CodeSystem/drugs';

const parameter = (rule: string, name: string, value: object) => ({
  url: parameterUrl,
  extension: [
    { url: 'rule', valueCode: rule },
    { url: 'name', valueCode: name },
    { url: 'value', ...value },
    { url: 'source', valueString: 'Our own experience' },
    { url: 'owner', valueString: 'Dr Own' },
  ],
});
const list = (codes: readonly string[]) => ({
  ...{ resourceType: 'ValueSet', id: 'what-we-watch', status: 'active', url: listUrl },
  compose: { include: [{ system: drugs, concept: codes.map((code) => ({ code })) }] },
});
await stored(server, {
  ...{ resourceType: 'PlanDefinition', id: 'own', status: 'active', url },
  extension: [
    parameter('R09', 'bp-soft-systolic', { valueQuantity: quantity(120, 'mm[Hg]') }),
    parameter('R09', 'bp-hard-systolic', { valueInteger: 150 }),
    parameter('R05', 'integration-max', {
      valueDuration: { value: 6, code: 'h', system: 'http://unitsofmeasure.org' },
    }),
    parameter('R11', 'dose-max-im', { valueQuantity: quantity(0.05, 'g') }),
    parameter('R16', 'interactions', { valueString: listUrl }),
  ],
});

/** The course as new resources, the last written first, each named by a URN. */
function bundleOf(all: CourseResources): Any {
  const names = new Map([...all.keys()].map((key, n) => [key, urn(n)]));
  const entry = [...all].toReversed().map(([key, { id, ...resource }]) => ({
    fullUrl: names.get(key),
    resource: JSON.parse(JSON.stringify(resource), (name, value) =>
      name === 'reference' && names.has(value) ? names.get(value) : value,
    ),
    request: { method: 'POST', url: resource.resourceType },
  }));
  return { resourceType: 'Bundle', type: 'transaction', entry };
}
const urn = (n: number) => `urn:uuid:8f1c0000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** A course of two sessions under the protocol of the clinic. */
function course(bend: (all: CourseResources) => void = () => {}): CourseResources {
  const all = wholeCourse({ sessions: 2, planned: 4, status: 'in-progress', way: 'im', milligrams: 30 });
  all.get('CarePlan/plan').instantiatesCanonical = [url];
  bend(all);
  return all;
}
const told = (outcomes: readonly Any[]) =>
  [
    ...new Set(outcomes.flatMap((outcome) => keysOf(outcome)).filter((key) => /^R\d\d$/.test(key))),
  ].toSorted();
async function send(all: CourseResources) {
  const headers = { prefer: 'return=OperationOutcome' };
  const { status, body } = await server.send('POST', '', { body: bundleOf(all), headers });
  const outcomes =
    status === 200 ? body.entry.map(({ response }: Any) => response.outcome ?? { issue: [] }) : [body];
  return { status, body, rules: told(outcomes) };
}

t.test('its own numbers count, where it states them', async (t) => {
  const answer = await send(course());
  // 122 before each dose, and integration on the day after.
  t.same([answer.status, answer.rules], [200, ['R05', 'R09']], said(answer));
  const high = await send(
    course((all) => {
      all.get('Observation/pressure-2-baseline').component[0].valueQuantity.value = 151;
    }),
  );
  t.equal(high.status, 422);
  const [issue] = high.body.issue.filter(({ severity }: Any) => severity === 'error');
  t.match(issue.diagnostics, 'bp-hard-systolic = 150 (Our own experience), owned by Dr Own');
  t.match(issue.expression[0], /^Bundle\.entry\[\d+\]\.resource$/);
  const large = await send(
    course((all) => {
      all.get('MedicationAdministration/dose-1').dosage.dose = quantity(55, 'mg');
      all.get('MedicationRequest/order').dosageInstruction[0].doseAndRate[0].doseQuantity.value = 60;
    }),
  );
  t.same([large.status, large.rules], [422, ['R05', 'R09', 'R11']], 'a limit in grams');
});

t.test('a deviation that names what is not stored yet is an override', async (t) => {
  const answer = await send(
    course((all) => {
      all.get('Observation/pressure-2-baseline').component[0].valueQuantity.value = 151;
      all.set('DetectedIssue/d', {
        ...{ resourceType: 'DetectedIssue', id: 'd', status: 'final' },
        code: {
          coding: [
            { system: 'https://clinic.example/codes', code: 'x' },
            ...concept('kat-rule', 'R09').coding,
          ],
        },
        patient: { reference: 'Patient/pat' },
        implicated: [{ reference: 'Observation/pressure-2-baseline' }, { reference: 'Procedure/medicine-2' }],
        mitigation: [{ action: { text: 'Repeated at rest' }, author: { reference: 'Practitioner/paul' } }],
      });
    }),
  );
  t.equal(answer.status, 200, said(answer));
});

t.test('a list of its own is asked, also of what is contained or made up', async (t) => {
  const taken = (all: CourseResources) =>
    all.set('MedicationStatement/m', {
      ...{ resourceType: 'MedicationStatement', id: 'm', status: 'active' },
      subject: { reference: 'Patient/pat' },
      contained: [
        {
          ...{ resourceType: 'Medication', id: 'mix', code: { text: 'A mixture' } },
          ingredient: [{ itemCodeableConcept: { coding: [{ system: drugs, code: 'sleepwell' }] } }],
        },
      ],
      medicationReference: { reference: '#mix' },
    });
  const unknown = await send(course(taken));
  t.same(unknown.rules, ['R05', 'R09'], 'a list that is not known says nothing against it');
  const [plan] = unknown.body.entry
    .map(({ response }: Any) => response.location)
    .filter((location: string) => location.includes('CarePlan/'));
  const id = plan.split('/').at(-3);
  const check = async () => {
    const { body } = await server.send('GET', `/CarePlan/${id}/$protocol-check?rule=R16`);
    return body.parameter.flatMap(({ part = [] }: Any) => part).find(({ name }: Any) => name === 'status')
      .valueCode;
  };
  t.equal(await check(), 'not-applicable', 'but it is said that it is not known');
  await stored(server, list(['other']));
  t.equal(await check(), 'pass');
  await stored(server, list(['other', 'sleepwell']));
  t.equal(await check(), 'fail', 'a list that has changed counts at once');
  const answer = await send(course(taken));
  t.same(answer.rules, ['R05', 'R09', 'R16']);
});
