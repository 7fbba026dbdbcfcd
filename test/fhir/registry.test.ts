import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import { registry } from '../support/registry.ts';

const r4 = registry();
const base = 'http://hl7.org/fhir/StructureDefinition';

t.test('knows the resource types of R4, abstract ones left out', async (t) => {
  t.equal(r4.resourceTypes.length, 146);
  t.ok(r4.isResourceType('Procedure'));
  for (const name of ['DomainResource', 'HumanName', 'procedure', 'MetadataResource', 'constructor']) {
    t.notOk(r4.isResourceType(name), name);
  }
});

t.test('finds a definition by canonical, by version and by the beginning of a version', async (t) => {
  for (const canonical of [`${base}/Patient`, `${base}/Patient|4.0.1`, `${base}/Patient|4.0`]) {
    t.equal(r4.structure(canonical)?.type, 'Patient', canonical);
  }
  t.equal(r4.structure(`${base}/Patient|5.0.0`), undefined);
  t.equal(r4.structure(`${base}/Unknown`), undefined);
  t.equal(r4.typeStructure('HumanName')?.kind, 'complex-type');
  t.equal(r4.typeStructure('bmi'), undefined, 'a profile is no type');
});

t.test('what R4 itself defines goes before later editions, what it does not is the newest', async (t) => {
  t.equal(r4.codeSystem('http://terminology.hl7.org/CodeSystem/v3-ActCode')?.version, '2018-08-12');
  t.equal(r4.structure(`${base}/patient-birthPlace`)?.version, '4.0.1');
  t.equal(r4.structure(`${base}/artifact-versionAlgorithm`)?.version, '5.3.0-ballot-tc1');
});

t.test('every structure has a snapshot whose elements have ids and no system types', async (t) => {
  for (const type of r4.resourceTypes) {
    const elements = r4.typeStructure(type)?.snapshot?.element ?? [];
    t.ok(elements.length > 1, type);
    for (const { id, type: types = [] } of elements) {
      const system = types.some(({ code }) => code?.includes('fhirpath'));
      if (!id || system) t.fail(`${type}: ${id}`);
    }
  }
  const id = r4.typeStructure('Patient')?.snapshot?.element?.find(({ path }) => path === 'Patient.id');
  t.same(id?.type, [{ code: 'id' }]);
});

t.test('keeps what checks need: invariants, bindings, slicing, fixed values, formats', async (t) => {
  const patient = r4.typeStructure('Patient')?.snapshot?.element ?? [];
  const at = (path: string) => patient.find((element) => element.path === path);
  t.ok(
    at('Patient.contact')?.constraint?.some(
      ({ key, expression, human }) => key === 'pat-1' && expression && human,
    ),
  );
  t.equal(at('Patient.gender')?.binding?.strength, 'required');
  const vitals = r4.structure(`${base}/vitalsigns`)?.snapshot?.element ?? [];
  t.ok(vitals.some(({ slicing }) => slicing?.discriminator?.some(({ path }) => path === 'coding.system')));
  t.equal(at('Patient.active')?.isModifier, true);
  t.equal(at('Patient.contact')?.definition, undefined, 'and leaves the prose');
  const value = r4.typeStructure('code')?.snapshot?.element?.find(({ path }) => path === 'code.value');
  t.ok(value?.type?.[0]?.extension?.some(({ url }) => url?.endsWith('/regex')));
});

t.test('lists the search parameters of a type with those of its ancestors, by code', async (t) => {
  const codes = r4.searchParameters('Procedure').map(({ code }) => code);
  for (const code of ['part-of', 'patient', '_id', '_lastUpdated', '_text']) t.ok(codes.includes(code), code);
  t.same(codes, [...codes].sort());
  t.equal(new Set(codes).size, codes.length);
  t.notOk(
    r4.searchParameters('Binary').some(({ code }) => code === '_text'),
    'Binary is no DomainResource',
  );
  t.equal(r4.searchParameter('http://hl7.org/fhir/SearchParameter/Procedure-part-of')?.code, 'part-of');
});

t.test('says by which parameters a resource belongs to a patient', async (t) => {
  t.same(r4.patientCompartmentParameters('Procedure'), ['patient', 'performer']);
  t.same(r4.patientCompartmentParameters('Medication'), []);
});

t.test('holds the artefacts of the guide whole, their snapshots made', async (t) => {
  const profiles = r4.guideArtefacts('StructureDefinition');
  t.ok(profiles.length > 0);
  for (const profile of profiles) {
    const structure = r4.structure(String(profile.url));
    t.ok((structure?.snapshot?.element?.length ?? 0) > 1, String(profile.url));
    t.ok(structure?.differential, 'its differential is kept');
  }
  t.ok(r4.guideArtefacts('CodeSystem').every(({ url }) => r4.codeSystem(String(url))));
});

t.test('extending gives a new registry and leaves the old one alone', async (t) => {
  const profile = {
    resourceType: 'StructureDefinition',
    url: 'https://example.org/p',
    version: '1.2.0',
    name: 'P',
    status: 'draft',
    kind: 'resource',
    abstract: false,
    type: 'Patient',
    derivation: 'constraint',
    baseDefinition: 'https://example.org/q',
    differential: { element: [{ path: 'Patient.name', min: 1 }] },
  } satisfies Resource;
  const between = {
    ...profile,
    url: 'https://example.org/q',
    baseDefinition: `${base}/Patient`,
    differential: {},
  };
  const newer = { ...profile, version: '1.10.0' };
  const parameter = {
    resourceType: 'SearchParameter',
    url: 'https://example.org/sp',
    code: 'shoe-size',
    base: ['Patient'],
  };
  const extended = r4.extend([newer, profile, between, parameter]);
  const name = extended
    .structure('https://example.org/p')
    ?.snapshot?.element?.find(({ id }) => id === 'Patient.name');
  t.equal(name?.min, 1, 'snapshots are made, whatever the order');
  t.equal(extended.structure('https://example.org/p')?.version, '1.10.0', 'the newest, by number');
  t.equal(extended.structure('https://example.org/p|1.2')?.version, '1.2.0');
  t.ok(extended.searchParameters('Patient').some(({ code }) => code === 'shoe-size'));
  t.equal(r4.structure('https://example.org/p'), undefined);
  t.notOk(r4.searchParameters('Patient').some(({ code }) => code === 'shoe-size'));
});

t.test('ships the expansions that cannot be computed', async (t) => {
  const currencies = r4.expansion('http://hl7.org/fhir/ValueSet/currencies');
  t.ok(currencies?.expansion?.contains?.some(({ code }) => code === 'EUR'));
});
