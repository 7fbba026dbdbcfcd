import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import t from 'tap';
import { generateSnapshot } from '../../src/fhir/snapshot/generate-snapshot.ts';
import { registry } from '../support/registry.ts';

const { structure } = registry();

function snapshot(type: string, differential: ElementDefinition[], base = type): ElementDefinition[] {
  const profile: StructureDefinition = {
    resourceType: 'StructureDefinition',
    url: 'https://example.org/StructureDefinition/profile',
    name: 'Profile',
    status: 'draft',
    kind: 'resource',
    abstract: false,
    type,
    baseDefinition: `http://hl7.org/fhir/StructureDefinition/${base}`,
    derivation: 'constraint',
    differential: { element: differential },
  };
  return generateSnapshot(profile, structure).snapshot?.element ?? [];
}

const byId = (elements: ElementDefinition[], id: string) => elements.find((element) => element.id === id);
const ids = (elements: ElementDefinition[], start: string) =>
  elements.map(({ id = '' }) => id).filter((id) => id.startsWith(start));

t.test('an empty differential leaves the base as it is, with the source of its constraints', async (t) => {
  const url = 'http://hl7.org/fhir/StructureDefinition/Patient';
  const base = structure(url)?.snapshot?.element ?? [];
  const sourced = base.map((element) => ({
    ...element,
    ...(element.constraint ? { constraint: element.constraint.map((one) => ({ source: url, ...one })) } : {}),
  }));
  t.same(snapshot('Patient', []), sourced);
});

t.test('the root does not inherit the standing of the definition it constrains', async (t) => {
  const standing = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status';
  const other = { url: 'http://example.org/other', valueBoolean: true };
  const base: StructureDefinition = {
    ...structure('http://hl7.org/fhir/StructureDefinition/Patient')!,
    snapshot: {
      element: [
        { id: 'Patient', path: 'Patient', extension: [{ url: standing, valueCode: 'normative' }, other] },
        { id: 'Patient.name', path: 'Patient.name', extension: [{ url: standing, valueCode: 'trial-use' }] },
      ],
    },
  };
  const profile = { ...base, baseDefinition: 'base', differential: { element: [] } };
  const made = generateSnapshot(profile, () => base).snapshot?.element;
  t.same(made?.[0]?.extension, [other]);
  t.equal(made?.[1]?.extension?.length, 1, 'that of an element is the element’s');
});

const inComponent = (...keys: string[]): ElementDefinition[] => {
  const slice = 'Observation.component:first';
  const path = 'Observation.component';
  return [
    { id: path, path, slicing: { discriminator: [{ type: 'pattern', path: 'code' }], rules: 'open' } },
    { id: slice, path, sliceName: 'first' },
    ...keys.flatMap((key) => [
      { id: `${slice}.${key}`, path: `${path}.${key}` },
      { id: `${slice}.${key}.id`, path: `${path}.${key}.id`, min: 1 },
    ]),
  ];
};

t.test('inside of a slice the one type written of a choice narrows it in place', async (t) => {
  const elements = snapshot('Observation', inComponent('valueQuantity'));
  const value = byId(elements, 'Observation.component:first.value[x]');
  t.same(
    value?.type?.map(({ code }) => code),
    ['Quantity'],
  );
  t.notOk(value?.slicing);
  t.equal(byId(elements, 'Observation.component:first.value[x].id')?.min, 1);
  t.same(ids(elements, 'Observation.component:first.value[x]:'), []);
  t.ok(
    (byId(elements, 'Observation.component.value[x]')?.type?.length ?? 0) > 1,
    'elsewhere it is as it was',
  );
});

t.test('inside of a slice two types written of a choice are two slices of it', async (t) => {
  const elements = snapshot('Observation', inComponent('valueQuantity', 'valueString'));
  for (const key of ['valueQuantity', 'valueString'])
    t.equal(byId(elements, `Observation.component:first.value[x]:${key}.id`)?.min, 1, key);
});

t.test('an extension is described in its own words, unless the profile has others', async (t) => {
  const url = 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace';
  const [own] = structure(url)?.snapshot?.element ?? [];
  const slice = { path: 'Patient.extension', type: [{ code: 'Extension', profile: [url] }] };
  const elements = snapshot('Patient', [
    { ...slice, sliceName: 'plain' },
    { ...slice, sliceName: 'told', short: 'Where' },
  ]);
  t.equal(byId(elements, 'Patient.extension:plain')?.short, own?.short);
  t.equal(byId(elements, 'Patient.extension:told')?.short, 'Where');
});

t.test('narrows cardinality, binding and types and keeps the rest', async (t) => {
  const elements = snapshot('Observation', [
    { path: 'Observation.subject', min: 1, type: [{ code: 'Reference', targetProfile: ['http://x.org/p'] }] },
    { path: 'Observation.category', binding: { strength: 'required', valueSet: 'http://x.org/vs' } },
  ]);
  const subject = byId(elements, 'Observation.subject');
  t.equal(subject?.min, 1);
  t.equal(subject?.max, '1');
  t.same(subject?.type, [{ code: 'Reference', targetProfile: ['http://x.org/p'] }]);
  t.same(byId(elements, 'Observation.category')?.binding, {
    strength: 'required',
    valueSet: 'http://x.org/vs',
  });
});

t.test('adds constraints to those of the base and names itself as their source', async (t) => {
  const [root] = snapshot('Patient', [
    { path: 'Patient', constraint: [{ key: 'my-1', severity: 'error', human: 'x', expression: 'true' }] },
  ]);
  const keys = root?.constraint?.map(({ key }) => key) ?? [];
  t.ok(keys.includes('dom-3') && keys.includes('my-1'));
  const own = root?.constraint?.find(({ key }) => key === 'my-1');
  t.equal(own?.source, 'https://example.org/StructureDefinition/profile');
});

t.test(
  'a slice stands after the element it slices, is optional unless it says so, and has its children',
  async (t) => {
    const elements = snapshot('Observation', [
      {
        path: 'Observation.component',
        slicing: { discriminator: [{ type: 'value', path: 'code' }], rules: 'open' },
        min: 1,
      },
      { path: 'Observation.component', sliceName: 'a', max: '1' },
      { path: 'Observation.component.code', min: 1, patternCodeableConcept: { text: 'a' } },
      { path: 'Observation.component', sliceName: 'b', min: 1 },
    ]);
    t.equal(byId(elements, 'Observation.component:a')?.min, 0);
    t.equal(byId(elements, 'Observation.component:a')?.max, '1');
    t.equal(byId(elements, 'Observation.component:a')?.slicing, undefined);
    t.equal(byId(elements, 'Observation.component:b')?.min, 1);
    t.same(byId(elements, 'Observation.component:a.code')?.patternCodeableConcept, { text: 'a' });
    t.equal(byId(elements, 'Observation.component.code')?.patternCodeableConcept, undefined);
    t.equal(byId(elements, 'Observation.component:b.code')?.patternCodeableConcept, undefined);
    const order = elements.map(({ id }) => id);
    t.ok(order.indexOf('Observation.component.referenceRange') < order.indexOf('Observation.component:a'));
    t.ok(order.indexOf('Observation.component:a.referenceRange') < order.indexOf('Observation.component:b'));
  },
);

t.test('an inherited slice is reached by the id alone', async (t) => {
  const elements = snapshot(
    'Observation',
    [{ id: 'Observation.category:VSCat.text', path: 'Observation.category.text', min: 1 }],
    'vitalsigns',
  );
  t.equal(byId(elements, 'Observation.category:VSCat.text')?.min, 1);
  t.equal(byId(elements, 'Observation.category.text')?.min ?? 0, 0);
});

t.test('a slice of a slice stands within it', async (t) => {
  const elements = snapshot('Patient', [
    { path: 'Patient.name', slicing: { discriminator: [{ type: 'value', path: 'use' }], rules: 'open' } },
    { path: 'Patient.name', sliceName: 'a', max: '2' },
    { path: 'Patient.name', sliceName: 'b' },
    { path: 'Patient.name', sliceName: 'a/one', min: 1 },
  ]);
  t.same(ids(elements, 'Patient.name:'), ['Patient.name:a', 'Patient.name:a/one', 'Patient.name:b']);
  t.equal(byId(elements, 'Patient.name:a/one')?.max, '2', 'it starts from the slice, not from the element');
});

t.test('a path that writes the type leaves the choice that type only', async (t) => {
  const elements = snapshot('Observation', [
    { path: 'Observation.valueQuantity', min: 1 },
    { path: 'Observation.valueQuantity.code', min: 1 },
  ]);
  t.same(
    byId(elements, 'Observation.value[x]')?.type?.map(({ code }) => code),
    ['Quantity'],
  );
  t.equal(byId(elements, 'Observation.value[x]:valueQuantity')?.min, 1);
  t.equal(byId(elements, 'Observation.value[x]:valueQuantity.code')?.min, 1);
  t.equal(byId(elements, 'Observation.value[x]:valueQuantity.code')?.path, 'Observation.value[x].code');
});

t.test('two paths that write types leave both', async (t) => {
  const elements = snapshot('Observation', [
    { path: 'Observation.valueQuantity' },
    { path: 'Observation.valueString' },
  ]);
  t.same(
    byId(elements, 'Observation.value[x]')?.type?.map(({ code }) => code),
    ['Quantity', 'string'],
  );
});

t.test('a named type slice leaves the other types alone', async (t) => {
  const elements = snapshot('Observation', [
    { id: 'Observation.value[x]:valueQuantity', path: 'Observation.value[x]', sliceName: 'valueQuantity' },
  ]);
  t.equal(byId(elements, 'Observation.value[x]')?.type?.length, 11);
  t.same(
    byId(elements, 'Observation.value[x]:valueQuantity')?.type?.map(({ code }) => code),
    ['Quantity'],
  );
});

t.test('a path that writes the type goes into the slice that is there for it', async (t) => {
  const elements = snapshot('Observation', [
    { path: 'Observation.value[x]', type: [{ code: 'Quantity' }, { code: 'string' }] },
    { id: 'Observation.valueQuantity', path: 'Observation.valueQuantity', sliceName: 'valueQuantity' },
    { id: 'Observation.valueQuantity.code', path: 'Observation.valueQuantity.code', min: 1 },
  ]);
  t.equal(byId(elements, 'Observation.value[x]')?.type?.length, 2);
  t.equal(byId(elements, 'Observation.value[x]:valueQuantity.code')?.min, 1);
});

t.test('what slicing and binding leave unsaid stays', async (t) => {
  const path = 'Patient.contact.telecom';
  const discriminator: NonNullable<ElementDefinition['slicing']>['discriminator'] = [
    { type: 'value', path: 'system' },
  ];
  const elements = snapshot('Patient', [
    { path, slicing: { discriminator, rules: 'open' } },
    { path, slicing: { rules: 'closed' } },
    { path: 'Patient.maritalStatus', binding: { strength: 'required' } },
  ]);
  t.same(byId(elements, path)?.slicing, { discriminator, rules: 'closed' });
  t.same(byId(elements, 'Patient.maritalStatus')?.binding, {
    strength: 'required',
    valueSet: 'http://hl7.org/fhir/ValueSet/marital-status',
  });
});

t.test('walks through content references', async (t) => {
  const elements = snapshot('Observation', [{ path: 'Observation.component.referenceRange.low', min: 1 }]);
  t.equal(byId(elements, 'Observation.component.referenceRange.low')?.min, 1);
  t.equal(byId(elements, 'Observation.component.referenceRange')?.contentReference, undefined);
});

t.test('walks into a data type and into the profile of an extension', async (t) => {
  const birthPlace = 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace';
  const elements = snapshot('Patient', [
    { path: 'Patient.name.period.start', min: 1 },
    {
      path: 'Patient.extension',
      sliceName: 'place',
      type: [{ code: 'Extension', profile: [birthPlace] }],
    },
    { path: 'Patient.extension.value[x]', min: 1 },
  ]);
  t.equal(byId(elements, 'Patient.name.period.start')?.min, 1);
  t.equal(byId(elements, 'Patient.extension')?.slicing?.discriminator?.[0]?.path, 'url');
  t.equal(byId(elements, 'Patient.extension:place.url')?.fixedUri, birthPlace);
  t.same(
    byId(elements, 'Patient.extension:place.value[x]')?.type?.map(({ code }) => code),
    ['Address'],
  );
});

t.test('names the element that the base does not have', async (t) => {
  t.throws(() => snapshot('Patient', [{ path: 'Patient.shoeSize' }]), /shoeSize does not exist in Patient/);
});

t.test('names the base that is not known', async (t) => {
  t.throws(() => snapshot('Patient', [], 'nowhere'), /StructureDefinition\/nowhere is not known/);
});
