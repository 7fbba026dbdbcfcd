/**
 * An independent implementation fills the guide's forms as $populate does, from the same server. Where it differs,
 * `differences.json` says where and why; what is said there must differ.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import t from 'tap';
import { jsonFiles } from '../support/guide-files.ts';
import { startServer } from '../support/server.ts';

type Json = ReturnType<typeof JSON.parse>;

// Its ECMAScript modules import a folder, which Node does not allow.
const { populateQuestionnaire } = createRequire(import.meta.url)('@aehrc/sdc-populate') as {
  populateQuestionnaire(parameters: object): Promise<Json>;
};

/** Why it leaves items out, or fills them otherwise, by form. */
const { populate: differences } = JSON.parse(
  readFileSync(new URL('../questionnaire/differences.json', import.meta.url), 'utf8'),
) as { populate: { reason: string; items: Record<string, string[]> }[] };
const listed = differences.flatMap(({ items }) =>
  Object.entries(items).flatMap(([form, linkIds]) => linkIds.map((linkId) => `${form} ${linkId}`)),
);

const forms = jsonFiles('profiles/questionnaires').map(({ resource }) => resource as Json);
const isFilled = (form: Json): boolean =>
  /initialExpression|observationLinkPeriod/.test(JSON.stringify(form));

const server = await startServer({ guide: 'shipped', environment: { PROTOCOL_MODE: 'off' } });
t.teardown(() => server.close());

const put = async (resource: Json): Promise<void> => {
  const { status, text } = await server.send('PUT', `/${resource.resourceType}/${resource.id}`, {
    body: resource,
  });
  if (status !== 201) throw new Error(`${resource.resourceType} ${status} ${text}`);
};

const patients: Readonly<Record<string, Json>> = {
  'of whom everything is known': {
    birthDate: '1980-02-03',
    gender: 'female',
    name: [{ family: 'Example', given: ['Ann', 'Bea'] }, { text: 'Annie' }],
  },
  'with part of a name and a year of birth': { birthDate: '1961', name: [{ family: 'Only' }] },
  'of whom nothing is known': {},
};
const yesterday = new Date(Date.now() - 12 * 3_600_000).toISOString();
const earlier = new Date(Date.now() - 20 * 3_600_000).toISOString();
const code = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });
const vital = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
};
const quantity = (value: number, unit: string) => ({
  value,
  unit,
  system: 'http://unitsofmeasure.org',
  code: unit,
});
const pressure = (systolic: number, diastolic: number, effectiveDateTime: string) => ({
  category: [vital],
  code: code('85354-9'),
  effectiveDateTime,
  component: [
    { code: code('8480-6'), valueQuantity: quantity(systolic, 'mm[Hg]') },
    { code: code('8462-4'), valueQuantity: quantity(diastolic, 'mm[Hg]') },
  ],
});
const known = [
  pressure(150, 95, earlier),
  pressure(128, 79, yesterday),
  {
    category: [vital],
    code: code('29463-7'),
    effectiveDateTime: earlier,
    valueQuantity: quantity(71.5, 'kg'),
  },
  { code: code('44261-6'), effectiveDateTime: earlier, valueQuantity: quantity(14, '{score}') },
];

for (const [index, patient] of Object.values(patients).entries()) {
  const id = `oracle-${index}`;
  await put({ resourceType: 'Patient', id, ...patient });
  // The second has no measurements but an intention, the third neither.
  if (index === 0)
    for (const [number, observation] of known.entries())
      await put({
        resourceType: 'Observation',
        id: `${id}-${number}`,
        status: 'final',
        subject: { reference: `Patient/${id}` },
        ...observation,
      });
  if (index < 2)
    await put({
      resourceType: 'QuestionnaireResponse',
      id: `${id}-intention`,
      questionnaire: 'https://w3id.org/kat-fhir/Questionnaire/kat-intention-setting',
      status: 'completed',
      subject: { reference: `Patient/${id}` },
      authored: earlier,
      item: [{ linkId: 'intention', answer: [{ valueString: 'To let go' }] }],
    });
}

/** The first answers by linkId. */
function answersIn(response: Json): Map<string, Json> {
  const found = new Map<string, Json>();
  const collect = (items: Json[] = []): void => {
    for (const { linkId, answer, item } of items) {
      if (answer) found.set(linkId, answer);
      collect(item);
      for (const one of answer ?? []) collect(one.item);
    }
  };
  collect(response.item);
  return found;
}

async function theirs(questionnaire: Json, id: string): Promise<Map<string, Json>> {
  const patient = (await server.send('GET', `/Patient/${id}`)).body;
  const { populateSuccess, populateResult } = await populateQuestionnaire({
    questionnaire,
    patient,
    fetchResourceCallback: async (query: string) => (await server.send('GET', `/${query}`)).body,
    fetchResourceRequestConfig: { sourceServerUrl: server.url },
  });
  if (!populateSuccess) throw new Error('The oracle does not answer');
  return answersIn(populateResult.populatedResponse);
}

async function ours(questionnaire: Json, id: string): Promise<Map<string, Json>> {
  const { status, body, text } = await server.send('POST', `/Questionnaire/${questionnaire.id}/$populate`, {
    body: {
      resourceType: 'Parameters',
      parameter: [{ name: 'subject', valueReference: { reference: `Patient/${id}` } }],
    },
  });
  if (status !== 200) throw new Error(text);
  return answersIn(body.parameter.find(({ name }: Json) => name === 'response').resource);
}

const differed = new Set<string>();
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

for (const form of forms.filter(isFilled))
  t.test(`both fill ${form.id}`, async (t) => {
    for (const [index, name] of Object.keys(patients).entries()) {
      const [mine, other] = [await ours(form, `oracle-${index}`), await theirs(form, `oracle-${index}`)];
      for (const linkId of new Set([...mine.keys(), ...other.keys()])) {
        const [here, there] = [mine.get(linkId), other.get(linkId)];
        const item = `${form.id} ${linkId}`;
        if (listed.includes(item) && !same(here, there)) differed.add(item);
        else t.same(here, there, `${linkId} of a patient ${name}`);
      }
      if (index === 0)
        t.ok(
          [...mine.keys()].some((linkId) => other.has(linkId)),
          'some are filled by both',
        );
    }
  });

t.test('every difference that is listed is one', async (t) => {
  t.same([...differed].sort(), listed.toSorted());
});
