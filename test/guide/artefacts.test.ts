/** Every artefact of the guide is complete, named after its canonical address, and refers to what exists. */
import t from 'tap';
import { eachObject, jsonFiles } from '../support/guide-files.ts';
import { validator } from '../validator/parts.ts';

const base = 'https://w3id.org/kat-fhir';
const artefacts = jsonFiles('profiles', 'terminology');

/** Canonical addresses of artefacts that examples name and that a later version of the guide brings. */
const announced = new Set([`${base}/PlanDefinition/kat-protocol-iv-6`]);

t.test('the guide has artefacts', async (t) => {
  t.ok(artefacts.length > 40);
});

for (const { path, resource } of artefacts) {
  t.test(path, async (t) => {
    const { resourceType, id } = resource;
    t.equal(resource.url, `${base}/${resourceType}/${id}`);
    t.equal(path.split('/').at(-1), `${resourceType}-${id}.json`);
    t.equal(resource.version, '0.1.0');
    t.equal(resource.experimental, false);
    t.match(resource.status, /^(draft|active)$/);
    t.match(resource.date, /^\d{4}-\d{2}-\d{2}$/);
    for (const element of ['name', 'publisher', 'description', 'purpose', 'jurisdiction'])
      t.ok(resource[element], element);
    if (resourceType !== 'SearchParameter') t.ok(resource.title, 'a title, where R4 has one');
    const notable = validator
      .validate(resource)
      .filter(({ severity }) => severity === 'error' || severity === 'warning')
      .map(({ key, expression, text }) => `${key} ${expression} ${text}`);
    t.same(notable, [], 'valid without a warning');
  });
}

t.test('no artefact comes twice, under one address or one name', async (t) => {
  const count = (texts: unknown[]): number => new Set(texts).size;
  t.equal(count(artefacts.map(({ resource }) => resource.url)), artefacts.length);
  const named = artefacts.map(({ path, resource }) => `${path.split('/')[1]} ${resource.name}`);
  t.equal(count(named), artefacts.length);
});

t.test('whatever is addressed in the guide exists', async (t) => {
  const known = new Set([...artefacts.map(({ resource }) => resource.url), ...announced]);
  for (const { path, resource } of jsonFiles(
    'profiles',
    'terminology',
    'examples',
    'test/cases/invariants',
    'test/cases/profiles',
  )) {
    const missing = new Set<string>();
    eachObject(resource, (object) => {
      for (const value of Object.values(object).flat()) {
        if (typeof value !== 'string' || !value.startsWith(`${base}/`)) continue;
        const canonical = value.split('|')[0] as string;
        if (/^\S+$/.test(canonical) && !known.has(canonical)) missing.add(canonical);
      }
    });
    t.same([...missing], [], path);
  }
});

t.test('texts whose codes belong to somebody say so', async (t) => {
  const owners = { 'http://snomed.info/sct': 'SNOMED', 'http://loinc.org': 'LOINC' };
  for (const { path, resource, text } of artefacts) {
    for (const [system, owner] of Object.entries(owners)) {
      const used = text.includes(`"system": "${system}"`);
      if (used) t.match(resource.copyright, owner, path);
    }
  }
});

t.test('a profile is a differential whose words are there for the clinician', async (t) => {
  for (const { path, resource } of jsonFiles('profiles/structure-definitions', 'profiles/extensions')) {
    t.notOk(resource.snapshot, path);
    const { element } = resource.differential as { element: Record<string, string>[] };
    for (const { id, short, definition, mustSupport, sliceName } of element) {
      const inSlice = id?.split(':').length === 2 && !sliceName;
      if (mustSupport && !inSlice) t.ok(short && definition, `${path} ${id}`);
    }
  }
});
