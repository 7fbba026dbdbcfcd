/**
 * An independent implementation extracts the same by templates. It differs in what `differences.json` lists, with the
 * reason; it knows neither templates of Bundles nor definitions nor Observations.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import t from 'tap';
import { createExpressionCompiler } from '../../../src/fhirpath/create-expression-compiler.ts';
import { extract } from '../../../src/questionnaire/extract/extract.ts';
import { jsonFiles } from '../../support/guide-files.ts';
import { registry as openRegistry } from '../../support/registry.ts';
import { guideAnswers, responseOf } from './guide-answers.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of many shapes are looked into
type Loose = any;

// Its ECMAScript modules import a folder, which Node does not allow.
const { inAppExtract } = createRequire(import.meta.url)('@aehrc/sdc-template-extract') as {
  inAppExtract(response: object, form: object, earlier: null): Promise<Loose>;
};

/** Why elements differ, by the form that shows it: their paths without the type of the resource. */
const { extract: differences } = JSON.parse(
  readFileSync(new URL('../differences.json', import.meta.url), 'utf8'),
) as { extract: { reason: string; elements: Record<string, string[]> }[] };

const { model } = openRegistry();
const compile = createExpressionCompiler(model);
const file = '../../../node_modules/hl7.fhir.uv.sdc/Questionnaire-extract-complex-template.json';
const form = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
const one = (linkId: string, ...answer: object[]) => ({ linkId, answer });
/** With a gender: where an expression has no value it keeps the placeholder of the template, against the guide. */
const patient = (...item: object[]) => ({
  linkId: 'patient',
  item: [...item, one('gender', { valueCoding: { code: 'other' } })],
});

const cases: Readonly<Record<string, object[]>> = {
  'a name of several words': [
    patient({
      linkId: 'name',
      item: [one('given', { valueString: 'Ann Mary' }), one('family', { valueString: 'Example' })],
    }),
  ],
  'a name without its family': [
    patient(
      { linkId: 'name', item: [one('given', { valueString: 'Ann' })] },
      one('ihi', { valueString: '8' }),
    ),
  ],
  'a contact and measurements': [
    patient(one('mobile-phone', { valueString: '1' })),
    {
      linkId: 'contacts',
      item: [one('contact-name', { valueString: 'Bea' }), one('phone', { valueString: '2' })],
    },
    {
      linkId: 'obs',
      item: [
        one('height', { valueDecimal: 1.5 }),
        one('weight', { valueDecimal: 60 }),
        one('complication', { valueBoolean: true }),
      ],
    },
  ],
};

const pathsOf = (form: string): string[] => differences.flatMap(({ elements }) => elements[form] ?? []);

/** A value without these paths below it, the members of its objects in the order of their names. */
function without(value: Loose, paths: readonly string[], path = ''): Loose {
  if (Array.isArray(value)) return value.map((one) => without(one, paths, path));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).flatMap(([name, member]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return paths.includes(at) ? [] : [[name, without(member, paths, at)] as const];
  });
  return Object.fromEntries(members.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** Ours begins anew with each repetition of a group, theirs with each template: the order says nothing. */
const texts = (resources: Loose[], paths: readonly string[]): string[] =>
  resources.map((resource) => JSON.stringify(without(resource, paths))).sort();

async function bothExtract(form: Loose, response: object): Promise<{ ours: Loose[]; theirs: Loose[] }> {
  let serial = 0;
  const newId = () => `00000000-0000-4000-8000-${String(++serial).padStart(12, '0')}`;
  const resources = (entries: Loose[] = []): Loose[] => entries.map(({ resource }) => resource);
  const { extractResult } = await inAppExtract(response, form, null);
  return {
    ours: resources(extract(form, response as Loose, { model, compile, newId }).resource?.entry as Loose[]),
    theirs: resources(extractResult.extractedBundle.entry),
  };
}

for (const [name, item] of Object.entries(cases)) {
  t.test(`both extract the same of ${name}`, async (t) => {
    const { ours, theirs } = await bothExtract(form, {
      resourceType: 'QuestionnaireResponse',
      id: 'r1',
      questionnaire: form.url,
      status: 'completed',
      authored: '2026-03-01T10:00:00Z',
      author: { reference: 'Practitioner/a' },
      item,
    });
    t.ok(theirs.length > 0);
    t.same(texts(ours, pathsOf(form.id)), texts(theirs, pathsOf(form.id)));
  });
}

for (const [id, item] of Object.entries(guideAnswers)) {
  t.test(`both extract the same of answers to ${id}`, async (t) => {
    const guideForm = jsonFiles('profiles/questionnaires').find(
      ({ resource }) => resource.id === id,
    )!.resource;
    const { ours, theirs } = await bothExtract(guideForm, responseOf(id, item));
    const paths = pathsOf(id);
    t.ok(theirs.length > 0);
    t.same(texts(ours, paths), texts(theirs, paths));
    for (const path of paths) {
      const others = paths.filter((one) => one !== path);
      t.not(texts(ours, others).join(), texts(theirs, others).join(), `${path} is listed and differs`);
    }
  });
}
