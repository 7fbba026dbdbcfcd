/** The wording of a form is shipped only where its licence allows it. */
import t from 'tap';
import { eachObject, jsonFiles } from '../support/guide-files.ts';

const licence = 'https://w3id.org/kat-fhir/StructureDefinition/kat-instrument-licence';
const free = ['public-domain', 'free-no-permission', 'authored'];

interface Item {
  readonly text?: string;
  readonly answerOption?: readonly object[];
  readonly item?: readonly Item[];
}

const hasWording = ({ text, answerOption, item = [] }: Item): boolean =>
  text !== undefined || answerOption !== undefined || item.some(hasWording);

function formsIn(resource: unknown): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  eachObject(resource, (object) => {
    if (object.resourceType === 'Questionnaire') found.push(object);
  });
  return found;
}

const licenceOf = (form: Record<string, unknown>): unknown =>
  (form.extension as { url: string; valueCode?: string }[] | undefined)?.find(({ url }) => url === licence)
    ?.valueCode;

const forms = jsonFiles('profiles', 'examples').flatMap(({ path, resource }) =>
  formsIn(resource).map((form) => ({ path, form })),
);

t.test('every form says under what licence its wording is', async (t) => {
  t.ok(forms.length >= 11);
  for (const { path, form } of forms) t.ok(licenceOf(form), path);
});

t.test('no form has wording that its licence does not allow', async (t) => {
  for (const { path, form } of forms) {
    if (hasWording({ item: form.item as Item[] })) t.ok(free.includes(String(licenceOf(form))), path);
  }
});

t.test('instruments that are not free have no form, only a score', async (t) => {
  const [registry] = jsonFiles('terminology/code-systems').filter(
    ({ resource }) => resource.id === 'kat-instrument',
  );
  const shipped = new Set(forms.map(({ form }) => form.id));
  for (const { code, property } of registry!.resource.concept as {
    code: string;
    property: { code: string; valueCode?: string }[];
  }[]) {
    const terms = String(property.find((one) => one.code === 'licence')?.valueCode);
    if (!free.includes(terms)) t.notOk(shipped.has(code), `${code} (${terms})`);
  }
});
