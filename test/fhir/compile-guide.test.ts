import type { StructureDefinition } from '@medplum/fhirtypes';
import t from 'tap';
import { compileGuide } from '../../src/fhir/compile-guide.ts';
import type { SourceFile } from '../../src/fhir/definition-sources.ts';
import type { Resource } from '../../src/fhir/resource.ts';

const core: SourceFile = {
  file: 'core.json',
  origin: 'core',
  resource: {
    resourceType: 'StructureDefinition',
    url: 'http://hl7.org/fhir/StructureDefinition/Thing',
    snapshot: {
      element: [
        { id: 'Thing', path: 'Thing' },
        { id: 'Thing.name', path: 'Thing.name', min: 0, max: '*' },
      ],
    },
  },
};

function profile(name: string, base: string, elements: object[] = []): SourceFile {
  const resource: Resource = {
    resourceType: 'StructureDefinition',
    url: `https://example.org/${name}`,
    baseDefinition: base,
    differential: { element: elements },
  };
  return { file: `profiles/${name}.json`, origin: 'guide', resource };
}

const thing = String(core.resource.url);
const nameOf = ({ resource }: SourceFile | { resource: Resource }) =>
  (resource as unknown as StructureDefinition).snapshot?.element?.find(({ id }) => id === 'Thing.name');

t.test('a profile comes after its base, whatever the order of the files', async (t) => {
  const child = profile('child', 'https://example.org/parent', [{ path: 'Thing.name', max: '3' }]);
  const parent = profile('parent', thing, [{ path: 'Thing.name', min: 1 }]);
  const [first, second] = compileGuide([child, parent], [core]);
  t.match(nameOf(first!), { min: 1, max: '3' });
  t.match(nameOf(second!), { min: 1, max: '*' });
});

t.test('what R4 defines goes before a later edition of it', async (t) => {
  const later: SourceFile = {
    ...core,
    origin: 'extensions',
    resource: { ...core.resource, snapshot: { element: [] } },
  };
  const [made] = compileGuide([profile('p', thing)], [core, later]);
  t.ok(nameOf(made!));
});

t.test('a fault names the file and what is wrong', async (t) => {
  const compile =
    (...guide: SourceFile[]) =>
    () =>
      compileGuide(guide, [core]);
  t.throws(compile(profile('p', 'https://example.org/nowhere')), {
    message: 'profiles/p.json: https://example.org/nowhere is not known',
  });
  t.throws(compile(profile('p', thing, [{ path: 'Thing.size' }])), {
    message: 'profiles/p.json: size does not exist in Thing',
  });
  t.throws(compile(profile('p', 'https://example.org/p')), /profiles\/p\.json: .* is based on itself/);
});

t.test('artefacts of other types stay as they are', async (t) => {
  const other: SourceFile = {
    file: 'x.json',
    origin: 'guide',
    resource: { resourceType: 'ValueSet', url: 'x' },
  };
  t.same(compileGuide([other], [core]), [other]);
});
