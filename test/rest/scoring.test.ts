/** Answers that score themselves: the Observation in the same transaction, amended with them, and the alerts. */
import fc from 'fast-check';
import t from 'tap';
import { pcl5 } from '../../src/questionnaire/score/pcl-5.ts';
import { keysOf, startServer } from '../support/server.ts';

type Json = ReturnType<typeof JSON.parse>;

const server = await startServer({ guide: 'shipped', environment: { PROTOCOL_MODE: 'off' } });
t.teardown(() => server.close());

const phq9Items = '44250-9,44255-8,44259-0,44254-1,44251-7,44258-2,44252-5,44253-3,44260-8'.split(',');
const phq9Answers = ['LA6568-5', 'LA6569-3', 'LA6570-1', 'LA6571-9'];
const forms = 'https://w3id.org/kat-fhir/Questionnaire';
let patients = 0;

async function newPatient(): Promise<string> {
  const id = `p${++patients}`;
  await server.send('PUT', `/Patient/${id}`, { body: { resourceType: 'Patient', id } });
  return `Patient/${id}`;
}

/** @param scores of the nine items; undefined where there is no answer */
function phq9(patient: string, scores: readonly (number | undefined)[], more: object = {}) {
  return {
    resourceType: 'QuestionnaireResponse',
    questionnaire: `${forms}/phq-9`,
    status: 'completed',
    subject: { reference: patient },
    authored: '2026-06-02T10:00:00Z',
    item: [
      {
        linkId: 'symptoms',
        item: scores.flatMap((score, index) =>
          score === undefined
            ? []
            : [
                {
                  linkId: `/${phq9Items[index]}`,
                  answer: [{ valueCoding: { system: 'http://loinc.org', code: phq9Answers[score] } }],
                },
              ],
        ),
      },
    ],
    ...more,
  };
}

async function store(resource: Json): Promise<string> {
  const { status, body } = await server.send('POST', `/${resource.resourceType}`, { body: resource });
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body.id;
}

async function found(query: string): Promise<Json[]> {
  const { body } = await server.send('GET', `/${query}`);
  return (body.entry ?? []).map((entry: Json) => entry.resource);
}

const scoresOf = (response: string) => found(`Observation?derived-from=QuestionnaireResponse/${response}`);

const low = [1, 1, 1, 1, 1, 1, 1, 1, 0];

t.test('a completed PHQ-9 has its score, and the score is valid', async (t) => {
  const patient = await newPatient();
  const [score, ...more] = await scoresOf(await store(phq9(patient, [3, 3, 2, 2, 1, 1, 0, 0, 0])));
  t.same(more, []);
  t.equal(score.valueQuantity.value, 12);
  t.equal(score.status, 'final');
  t.equal(score.effectiveDateTime, '2026-06-02T10:00:00Z');
  t.equal(score.interpretation[0].text, 'moderate');
  const { body } = await server.send('POST', '/Observation/$validate', { body: score });
  t.notOk(body.issue.some((issue: Json) => issue.severity === 'error'));
  t.equal((await found(`Observation?patient=${patient}&code=44261-6`)).length, 1, 'it is indexed');
});

t.test('any answers have the sum of their items, or no score when one is missing', async (t) => {
  const patient = await newPatient();
  const item = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined, freq: 20 });
  await fc.assert(
    fc.asyncProperty(fc.array(item, { minLength: 9, maxLength: 9 }), async (items) => {
      const [score] = await scoresOf(await store(phq9(patient, items)));
      const whole = items.every((one) => one !== undefined);
      const total = items.reduce<number>((sum, one) => sum + (one ?? 0), 0);
      return whole
        ? score.valueQuantity.value === total && score.dataAbsentReason === undefined
        : score.valueQuantity === undefined && score.dataAbsentReason.coding[0].code === 'unknown';
    }),
    { numRuns: 30 },
  );
  t.pass();
});

t.test('PCL-5 has its clusters as components', async (t) => {
  const form = (await found(`Questionnaire?url=${forms}/pcl-5`))[0];
  const leaves = (list: Json[]): Json[] => list.flatMap((one) => (one.item ? leaves(one.item) : [one]));
  const questions = leaves(form.item).filter(({ answerOption }) => answerOption);
  const path = (list: Json[], answers: Map<string, Json>): Json[] =>
    list.flatMap((one): Json[] => {
      if (one.item) return [{ linkId: one.linkId, item: path(one.item, answers) }];
      return answers.has(one.linkId) ? [{ linkId: one.linkId, answer: [answers.get(one.linkId)] }] : [];
    });
  const items = questions.map((_, index) => index % 5);
  const answers = new Map(
    questions.map((question, index) => {
      const { valueCoding, valueInteger } = question.answerOption[items[index]!];
      return [question.linkId, valueCoding ? { valueCoding } : { valueInteger }];
    }),
  );
  const [score] = await scoresOf(
    await store({
      ...phq9(await newPatient(), []),
      questionnaire: `${forms}/pcl-5`,
      item: path(form.item, answers),
    }),
  );
  const expected = pcl5.score!(items);
  if (!('total' in expected)) throw new Error('every item is answered');
  t.equal(score.valueQuantity.value, expected.total);
  t.same(
    score.component.map((one: Json) => one.valueQuantity?.value ?? one.valueBoolean),
    expected.subScores!.map(({ value }) => value),
  );
});

t.test('an amended response amends its score, in place', async (t) => {
  const response = phq9(await newPatient(), low);
  const id = await store(response);
  const [first] = await scoresOf(id);
  const amended = phq9(response.subject.reference, [3, 3, 1, 1, 1, 1, 1, 1, 0], { id, status: 'amended' });
  t.equal((await server.send('PUT', `/QuestionnaireResponse/${id}`, { body: amended })).status, 200);
  const [second, ...more] = await scoresOf(id);
  t.same(more, []);
  t.equal(second.id, first.id);
  t.equal(second.status, 'amended');
  t.equal(second.valueQuantity.value, 12);
  t.equal((await found(`Observation/${first.id}/_history`)).length, 2);

  await server.send('PUT', `/QuestionnaireResponse/${id}`, { body: amended });
  t.equal((await scoresOf(id))[0].meta.versionId, '2', 'the same answers write no new version');
  await server.send('PUT', `/QuestionnaireResponse/${id}`, {
    body: { ...amended, status: 'entered-in-error' },
  });
  t.equal((await scoresOf(id))[0].status, 'entered-in-error');
});

t.test('a score that the client sends along stands, and a wrong one is told', async (t) => {
  const patient = await newPatient();
  const bundle = (value: number) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: 'urn:uuid:0b0ad3a5-5c5b-4f2f-9d0e-0d6b7f1a0001',
        resource: phq9(patient, low),
        request: { method: 'POST', url: 'QuestionnaireResponse' },
      },
      {
        resource: {
          resourceType: 'Observation',
          status: 'final',
          code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
          subject: { reference: patient },
          effectiveDateTime: '2026-06-02T10:00:00Z',
          valueQuantity: { value },
          derivedFrom: [{ reference: 'urn:uuid:0b0ad3a5-5c5b-4f2f-9d0e-0d6b7f1a0001' }],
        },
        request: { method: 'POST', url: 'Observation' },
      },
    ],
  });
  const headers = { prefer: 'return=OperationOutcome' };
  for (const [value, told] of [
    [8, false],
    [9, true],
  ] as const) {
    const { body } = await server.send('POST', '', { body: bundle(value), headers });
    t.equal(keysOf(body.entry[1].response.outcome).includes('score-mismatch'), told);
    const id = /QuestionnaireResponse\/([^/]+)/.exec(body.entry[0].response.location)![1]!;
    t.equal((await scoresOf(id)).length, 1);
  }
});

t.test('the ninth answer of PHQ-9 raises one flag, and one task for the prescriber', async (t) => {
  const patient = await newPatient();
  await server.send('PUT', '/Practitioner/prescriber', {
    body: { resourceType: 'Practitioner', id: 'prescriber' },
  });
  await store({
    resourceType: 'CareTeam',
    status: 'active',
    subject: { reference: patient },
    participant: [
      {
        role: [
          {
            coding: [
              { system: 'https://w3id.org/kat-fhir/CodeSystem/kat-performer-function', code: 'prescriber' },
            ],
          },
        ],
        member: { reference: 'Practitioner/prescriber' },
      },
    ],
  });
  const id = await store(phq9(patient, [0, 0, 0, 0, 0, 0, 0, 0, 1]));
  const [flag, ...flags] = await found(`Flag?patient=${patient}`);
  const [task, ...tasks] = await found(`Task?patient=${patient}`);
  t.same([flags, tasks], [[], []]);
  t.equal(flag.status, 'active');
  t.equal(task.focus.reference, `QuestionnaireResponse/${id}`);
  t.equal(task.owner.reference, 'Practitioner/prescriber');
  t.equal(task.priority, 'urgent');
  for (const resource of [flag, task]) {
    const { body } = await server.send('POST', `/${resource.resourceType}/$validate`, { body: resource });
    t.notOk(
      body.issue.some((issue: Json) => issue.severity === 'error'),
      resource.resourceType,
    );
  }
  const again = phq9(patient, [0, 0, 0, 0, 0, 0, 0, 1, 1], { id, status: 'amended' });
  await server.send('PUT', `/QuestionnaireResponse/${id}`, { body: again });
  t.equal((await found(`Flag?patient=${patient}`)).length, 1, 'written again, it raises nothing anew');
  t.equal((await found(`Task?patient=${patient}`)).length, 1);
});

t.test('a score that rose by the limit raises a task, a smaller rise does not', async (t) => {
  const patient = await newPatient();
  const at = (authored: string, items: readonly number[]) => store(phq9(patient, items, { authored }));
  await at('2026-06-01T10:00:00Z', low);
  await at('2026-06-08T10:00:00Z', [2, 2, 2, 2, 1, 1, 1, 1, 0]);
  t.equal((await found(`Task?patient=${patient}`)).length, 0, '8 to 12');
  await at('2026-06-15T10:00:00Z', [3, 3, 3, 2, 2, 2, 1, 1, 0]);
  const tasks = await found(`Task?patient=${patient}`);
  t.same(
    tasks.map(({ priority }) => priority),
    ['asap'],
    '12 to 17',
  );
});

t.test('a high suicide risk raises a flag and a task that cannot wait', async (t) => {
  const patient = await newPatient();
  const risk = (code: string) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '93374-7' }] },
    subject: { reference: patient },
    effectiveDateTime: '2026-06-02T10:00:00Z',
    valueCodeableConcept: {
      coding: [{ system: 'https://w3id.org/kat-fhir/CodeSystem/kat-suicide-risk', code }],
    },
  });
  await store(risk('moderate'));
  t.same(await found(`Flag?patient=${patient}`), []);
  await store(risk('high'));
  t.equal((await found(`Flag?patient=${patient}`)).length, 1);
  t.equal((await found(`Task?patient=${patient}`))[0].priority, 'stat');
});

t.test('what is refused leaves no score', async (t) => {
  const patient = await newPatient();
  const { status } = await server.send('POST', '', {
    body: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: phq9(patient, low), request: { method: 'POST', url: 'QuestionnaireResponse' } },
        { resource: { resourceType: 'Observation' }, request: { method: 'POST', url: 'Observation' } },
      ],
    },
  });
  t.equal(status, 422);
  t.same(await found(`Observation?patient=${patient}`), []);
});
