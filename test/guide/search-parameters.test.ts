/** The guide's own search parameters, each asked of the story of six sessions and of two resources beside it. */
import t from 'tap';
import { jsonFiles } from '../support/guide-files.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());

const [story] = jsonFiles('examples/trd-iv-six');
const stored = await server.send('POST', '/', { body: story!.text });
const locationOf = (type: string): string =>
  stored.body.entry
    .map((entry: { response: { location: string } }) => entry.response.location)
    .find((location: string) => location.includes(`${type}/`))
    .match(/\w+\/[^/]+(?=\/_history)/)[0];

const [patient, encounter, dose] = ['Patient', 'Encounter', 'MedicationAdministration'].map(locationOf);
const event = await server.send('POST', '/AdverseEvent', {
  body: {
    resourceType: 'AdverseEvent',
    actuality: 'actual',
    subject: { reference: patient },
    encounter: { reference: encounter },
    suspectEntity: [{ instance: { reference: dose } }],
  },
});
const order = await server.send('POST', '/ServiceRequest', {
  body: {
    resourceType: 'ServiceRequest',
    extension: [
      { url: 'https://w3id.org/kat-fhir/StructureDefinition/kat-session-number', valuePositiveInt: 3 },
    ],
    status: 'active',
    intent: 'order',
    subject: { reference: patient },
  },
});
const dropOut = await server.send('POST', '/Procedure', {
  body: {
    resourceType: 'Procedure',
    status: 'not-done',
    statusReason: {
      coding: [{ system: 'https://w3id.org/kat-fhir/CodeSystem/kat-status-reason', code: 'cost' }],
    },
    subject: { reference: patient },
  },
});

/** Three preparations, six medicine sessions with one dose each, six integrations; vital signs at their points. */
const questions: readonly (readonly [query: string, found: number])[] = [
  ['Procedure?session-number=1', 3],
  ['Procedure?category=medicine&session-number=gt4', 2],
  ['ServiceRequest?session-number=3', 1],
  ['Procedure?integrates:missing=false', 6],
  ['Procedure?integrates.category=medicine&integrates.session-number=2', 1],
  ['Procedure?category=medicine&_has:Procedure:integrates:status=completed', 6],
  ['Procedure?performer-function=therapist', 15],
  ['Procedure?performer-function=medical-monitor', 6],
  ['Procedure?medicine-phase=ge2026-06-01&medicine-phase=lt2026-06-02', 1],
  ['Procedure?status-reason=https://w3id.org/kat-fhir/CodeSystem/kat-status-reason|cost', 1],
  ['MedicationAdministration?route=http://snomed.info/sct|47625008', 6],
  ['MedicationAdministration?part-of.session-number=6', 1],
  ['MedicationAdministration?dose=ge0.03|http://unitsofmeasure.org|g', 6],
  ['MedicationAdministration?dose=gt36|http://unitsofmeasure.org|mg', 0],
  [`AdverseEvent?patient=${patient}`, 1],
  [`AdverseEvent?encounter=${encounter}`, 1],
  [`AdverseEvent?suspect=${dose}`, 1],
  ['Observation?code=85354-9&monitoring-point=baseline', 6],
  ['CarePlan?planned-sessions=ge6', 1],
  ['MedicationRequest?dose-intent=intermediate', 1],
];

t.test('what the questions are asked of is stored', async (t) => {
  t.equal(stored.status, 200);
  t.same([event.status, order.status, dropOut.status], [201, 201, 201]);
});

for (const [query, found] of questions) {
  t.test(query, async (t) => {
    const { status, body } = await server.send('GET', `/${query}&_summary=count`);
    t.equal(status, 200);
    t.equal(body.total, found);
  });
}

t.test('every search parameter of the guide is asked for', async (t) => {
  for (const { resource } of jsonFiles('profiles/search-parameters')) {
    const { base, code } = resource as unknown as { base: string[]; code: string };
    const asked = questions.some(([query]) => query.startsWith(`${base[0]}?`) && query.includes(code));
    t.ok(asked, `${base[0]}?${code}`);
  }
});
