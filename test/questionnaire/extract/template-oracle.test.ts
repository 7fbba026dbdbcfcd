/**
 * An independent implementation extracts the same by templates. It differs in what `differing` lists, with the reason;
 * it knows neither templates of Bundles nor definitions nor Observations.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import t from 'tap';
import { createExpressionCompiler } from '../../../src/fhirpath/create-expression-compiler.ts';
import { extract } from '../../../src/questionnaire/extract/extract.ts';
import { registry as openRegistry } from '../../support/registry.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of many shapes are looked into
type Loose = any;

// Its ECMAScript modules import a folder, which Node does not allow.
const { inAppExtract } = createRequire(import.meta.url)('@aehrc/sdc-template-extract') as {
  inAppExtract(response: object, form: object, earlier: null): Promise<Loose>;
};

const differing: Readonly<Record<string, string>> = {
  subject: 'it writes an allocated id as text where a Reference belongs, and without urn:uuid',
  patient: 'the same',
};

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

/** A resource without what differs, its members in the order of their names. */
function comparable(resource: Loose): object {
  const members = Object.entries(resource).filter(([name]) => !(name in differing));
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
}

for (const [name, item] of Object.entries(cases)) {
  t.test(`both extract the same of ${name}`, async (t) => {
    const response = {
      resourceType: 'QuestionnaireResponse',
      id: 'r1',
      questionnaire: form.url,
      status: 'completed',
      authored: '2026-03-01T10:00:00Z',
      author: { reference: 'Practitioner/a' },
      item,
    };
    let serial = 0;
    const newId = () => `00000000-0000-4000-8000-00000000000${++serial}`;
    const ours = (extract(form, response, { model, compile, newId }).resource?.entry ?? []) as Loose[];
    const theirs = (await inAppExtract(response, form, null)).extractResult.extractedBundle.entry as Loose[];
    const read = (entries: Loose[]) => entries.map(({ resource }) => comparable(resource));
    t.ok(theirs.length > 0);
    t.same(read(ours), read(theirs));
  });
}
