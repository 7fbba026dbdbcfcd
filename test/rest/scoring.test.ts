/** Answers that score themselves: the Observation in the same transaction, amended with them, and the alerts. */
import fc from 'fast-check';
import t from 'tap';
import { auditC } from '../../src/questionnaire/score/audit-c.ts';
import { gad7 } from '../../src/questionnaire/score/gad-7.ts';
import { pcl5 } from '../../src/questionnaire/score/pcl-5.ts';
import { phq9 as phq9Scale } from '../../src/questionnaire/score/phq-9.ts';
import { keysOf, startServer } from '../support/server.ts';

type Json = ReturnType<typeof JSON.parse>;

const server = await startServer({ guide: 'shipped', environment: { PROTOCOL_MODE: 'off' } });
t.teardown(() => server.close());

const phq9Items = '44250-9,44255-8,44259-0,44254-1,44251-7,44258-2,44252-5,44253-3,44260-8'.split(',');
const phq9Answers = ['LA6568-5', 'LA6569-3', 'LA6570-1', 'LA6571-9'];
const forms = 'https://w3id.org/kat-fhir/Questionnaire';
const riskSystem = 'https://w3id.org/kat-fhir/CodeSystem/kat-suicide-risk';
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

const questionsOf = (list: Json[]): Json[] =>
  list.flatMap((one) => (one.item ? questionsOf(one.item) : one.answerOption ? [one] : []));

/** Items with the option of this index chosen for each question that has one; undefined leaves it out. */
function chosen(form: Json, options: readonly (number | undefined)[]): Json[] {
  const places = new Map(questionsOf(form.item).map(({ linkId }, index) => [linkId, index]));
  const fill = (list: Json[]): Json[] =>
    list.flatMap((one): Json[] => {
      if (one.item) return [{ linkId: one.linkId, item: fill(one.item) }];
      const option = one.answerOption?.[options[places.get(one.linkId) ?? -1] ?? -1];
      if (!option) return [];
      const { valueCoding, valueInteger } = option;
      return [{ linkId: one.linkId, answer: [valueCoding ? { valueCoding } : { valueInteger }] }];
    });
  return fill(form.item).filter(({ item, answer }) => answer || item?.length > 0);
}

for (const instrument of [phq9Scale, gad7, pcl5, auditC])
  t.test(`any answers to ${instrument.id} have the score that its rules make of them`, async (t) => {
    const [form] = await found(`Questionnaire?url=${forms}/${instrument.id}`);
    const count = instrument.items!.length;
    const most = instrument.id === 'pcl-5' || instrument.id === 'audit-c' ? 4 : 3;
    const patient = await newPatient();
    const item = fc.option(fc.integer({ min: 0, max: most }), { nil: undefined, freq: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: count, maxLength: count }), async (items) => {
        const questionnaire = `${forms}/${instrument.id}`;
        const response = { ...phq9(patient, []), questionnaire, item: chosen(form, items) };
        const [score, ...more] = await scoresOf(await store(response));
        t.same(more, []);
        const expected = instrument.score!(items);
        if (!('total' in expected)) {
          t.same([score.valueQuantity, score.component], [undefined, undefined]);
          t.equal(score.dataAbsentReason.coding[0].code, 'unknown');
          return;
        }
        t.equal(score.valueQuantity.value, expected.total);
        t.equal(score.code.coding[0].code, instrument.code.code);
        t.same(
          score.component?.map((one: Json) => one.valueQuantity?.value ?? one.valueBoolean) ?? [],
          (expected.subScores ?? []).map(({ value }) => value),
        );
      }),
      { numRuns: 12 },
    );
    for (const items of [Array(count).fill(most), Array(count).fill(undefined).with(0, 1)]) {
      const questionnaire = `${forms}/${instrument.id}`;
      const id = await store({ ...phq9(await newPatient(), []), questionnaire, item: chosen(form, items) });
      const [score] = await scoresOf(id);
      const { body } = await server.send('POST', '/Observation/$validate', { body: score });
      t.same(
        body.issue.filter(({ severity }: Json) => severity === 'error'),
        [],
        'total or no total, the score is valid',
      );
    }
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

t.test(
  'answers that are no longer complete, or answer another form, have no score that stands',
  async (t) => {
    const response = phq9(await newPatient(), low);
    const id = await store(response);
    const put = (change: object) =>
      server.send('PUT', `/QuestionnaireResponse/${id}`, { body: { ...response, id, ...change } });
    const standing = async (): Promise<string[]> =>
      (await scoresOf(id))
        .filter(({ status }) => status !== 'entered-in-error')
        .map(({ code, status }) => `${code.coding[0].code} ${status}`);
    t.same(await standing(), ['44261-6 final']);
    await put({ status: 'in-progress' });
    t.same(await standing(), []);
    await put({ status: 'completed' });
    t.same(await standing(), ['44261-6 amended']);
    const [form] = await found(`Questionnaire?url=${forms}/gad-7`);
    const item = chosen(form, [1, 1, 1, 1, 1, 1, 1]);
    await put({ status: 'amended', questionnaire: `${forms}/gad-7`, item });
    t.same(await standing(), ['70274-6 final']);
  },
);

t.test('answers are scored in a batch and on a conditional create, once', async (t) => {
  const patient = await newPatient();
  const identifier = { system: 'urn:clinic', value: `visit-${patients}` };
  const request = { method: 'POST', url: 'QuestionnaireResponse' };
  const entry = [
    { resource: { ...phq9(patient, low), identifier }, request },
    { resource: { resourceType: 'Observation' }, request: { method: 'POST', url: 'Observation' } },
  ];
  const { body } = await server.send('POST', '', { body: { resourceType: 'Bundle', type: 'batch', entry } });
  t.match(body.entry, [{ response: { status: /^201/ } }, { response: { status: /^4/ } }]);
  t.equal((await found(`Observation?patient=${patient}`)).length, 1);
  const headers = { 'if-none-exist': `identifier=urn:clinic|${identifier.value}` };
  const again = await server.send('POST', '/QuestionnaireResponse', {
    body: { ...phq9(patient, low), identifier },
    headers,
  });
  t.equal(again.status, 200);
  const [score, ...more] = await found(`Observation?patient=${patient}`);
  t.same(more, []);
  t.equal(score.meta.versionId, '1');
});

t.test(
  'an unknown form makes no score, nor does a form of no instrument, nor a subject who is no patient',
  async (t) => {
    const patient = await newPatient();
    for (const change of [
      { questionnaire: 'http://example.org/Questionnaire/unknown' },
      { questionnaire: `${forms}/phq-9|9.9.9` },
      { questionnaire: undefined },
      { questionnaire: `${forms}/kat-integration-note`, status: 'in-progress', item: undefined },
      { subject: undefined },
    ])
      t.same(await scoresOf(await store({ ...phq9(patient, low), ...change })), []);
  },
);

t.test('a patient who is named by the whole URL is the same patient', async (t) => {
  const patient = await newPatient();
  const id = await store(phq9(`${server.url}/${patient}`, [0, 0, 0, 0, 0, 0, 0, 0, 2]));
  t.equal((await scoresOf(id)).length, 1);
  t.equal((await found(`Flag?patient=${patient}`)).length, 1);
});

t.test('a score that the client sends later is held against the answers', async (t) => {
  const patient = await newPatient();
  const id = await store(phq9(patient, low));
  const send = (value: number) =>
    server.send('POST', '/Observation', {
      body: {
        resourceType: 'Observation',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
        subject: { reference: patient },
        effectiveDateTime: '2026-06-02T10:00:00Z',
        valueQuantity: { value },
        derivedFrom: [{ reference: `QuestionnaireResponse/${id}` }],
      },
      headers: { prefer: 'return=OperationOutcome' },
    });
  t.ok(keysOf((await send(9)).body).includes('score-mismatch'));
  t.notOk(keysOf((await send(8)).body).includes('score-mismatch'));
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
      coding: [{ system: riskSystem, code }],
    },
  });
  await store(risk('moderate'));
  t.same(await found(`Flag?patient=${patient}`), []);
  await store(risk('high'));
  t.equal((await found(`Flag?patient=${patient}`)).length, 1);
  t.equal((await found(`Task?patient=${patient}`))[0].priority, 'stat');
  const inLoinc = { coding: [{ system: 'http://loinc.org', code: 'LA9193-9' }] };
  const code = { coding: [{ system: 'http://loinc.org', code: '93373-9' }, ...risk('high').code.coding] };
  await store({ ...risk('high'), code, valueCodeableConcept: inLoinc });
  t.equal((await found(`Flag?patient=${patient}`)).length, 2, 'in the code of LOINC too');
});

t.test('the answers to the screener say a high risk by themselves', async (t) => {
  const loinc = (code: string) => ({ system: 'http://loinc.org', code });
  const questions = ['93246-7', '93247-5', '93248-3', '93249-1', '93250-9', '93267-3', '93269-9'];
  await server.send('PUT', '/Questionnaire/screener', {
    body: {
      ...{ resourceType: 'Questionnaire', id: 'screener', status: 'active' },
      url: 'http://example.org/Questionnaire/screener',
      item: questions.map((code) => ({
        ...{ linkId: code, type: 'choice', code: [{ system: 'urn:x', code: 'own' }, loinc(code)] },
        answerOption: ['LA33-6', 'LA32-8'].map((answer) => ({ valueCoding: loinc(answer) })),
      })),
    },
  });
  // Thoughts and means without intent, behaviour long ago: not high. Intent, a plan, behaviour of late: high.
  for (const [yes, flags] of [
    [['93246-7', '93247-5', '93248-3', '93267-3'], 0],
    [['93247-5', '93249-1'], 1],
    [['93250-9'], 1],
    [['93269-9'], 1],
  ] as const) {
    const patient = await newPatient();
    await store({
      ...{ resourceType: 'QuestionnaireResponse', status: 'completed', authored: '2026-06-02T10:00:00Z' },
      questionnaire: 'http://example.org/Questionnaire/screener',
      subject: { reference: patient },
      item: questions.map((linkId) => ({
        linkId,
        answer: [{ valueCoding: loinc((yes as readonly string[]).includes(linkId) ? 'LA33-6' : 'LA32-8') }],
      })),
    });
    t.equal((await found(`Flag?patient=${patient}`)).length, flags, yes.join(', '));
    t.equal((await found(`Task?patient=${patient}`)).length, flags);
  }
});

t.test('a high risk that a form answers is a signal, once, also when it is extracted', async (t) => {
  const patient = await newPatient();
  const answer = (code: string) => ({
    resourceType: 'QuestionnaireResponse',
    questionnaire: 'http://example.org/Questionnaire/risk',
    status: 'completed',
    subject: { reference: patient },
    authored: '2026-06-02T10:00:00Z',
    item: [{ linkId: 'risk', answer: [{ valueCoding: { system: riskSystem, code } }] }],
  });
  await server.send('PUT', '/Questionnaire/risk', {
    body: {
      resourceType: 'Questionnaire',
      id: 'risk',
      url: 'http://example.org/Questionnaire/risk',
      status: 'active',
      item: [
        {
          linkId: 'risk',
          type: 'choice',
          code: [{ system: 'http://loinc.org', code: '93374-7' }],
          answerOption: ['low', 'high'].map((code) => ({ valueCoding: { system: riskSystem, code } })),
          extension: [
            {
              url: 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-observationExtract',
              valueBoolean: true,
            },
          ],
        },
      ],
    },
  });
  await store(answer('low'));
  t.same(await found(`Flag?patient=${patient}`), []);
  const id = await store(answer('high'));
  t.equal((await found(`Flag?patient=${patient}`)).length, 1);
  const { body } = await server.send('GET', `/QuestionnaireResponse/${id}/$extract`);
  t.equal((await server.send('POST', '', { body: body.parameter[0].resource })).status, 200);
  t.equal((await found(`Observation?patient=${patient}&code=93374-7`)).length, 1);
  t.equal((await found(`Flag?patient=${patient}`)).length, 1);
  t.equal((await found(`Task?patient=${patient}`)).length, 1);
});

t.test(
  'what was entered in error takes its flag and its open task along, and may be raised anew',
  async (t) => {
    const patient = await newPatient();
    const thoughts = [0, 0, 0, 0, 0, 0, 0, 0, 3];
    const id = await store(phq9(patient, thoughts));
    const put = (status: string) =>
      server.send('PUT', `/QuestionnaireResponse/${id}`, { body: phq9(patient, thoughts, { id, status }) });
    const statuses = async (type: string): Promise<string[]> =>
      (await found(`${type}?patient=${patient}`)).map(({ status }) => status).sort();
    await put('entered-in-error');
    t.same(await statuses('Flag'), ['entered-in-error']);
    t.same(await statuses('Task'), ['entered-in-error']);
    await put('amended');
    t.same(await statuses('Flag'), ['active', 'entered-in-error']);
    t.same(await statuses('Task'), ['entered-in-error', 'requested']);
    const [task] = (await found(`Task?patient=${patient}`)).filter(({ status }) => status === 'requested');
    await server.send('PUT', `/Task/${task.id}`, { body: { ...task, status: 'in-progress' } });
    await put('entered-in-error');
    t.same(await statuses('Flag'), ['entered-in-error', 'entered-in-error']);
    t.same(await statuses('Task'), ['entered-in-error', 'in-progress'], 'what is begun is for people to end');
  },
);

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
