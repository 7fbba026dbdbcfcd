import t from 'tap';
import { withContents } from '../../src/fhir/guide-contents.ts';

const guide = { resourceType: 'ImplementationGuide', id: 'g', url: 'https://kat.test/g' };
const set = { resourceType: 'ValueSet', id: 'b', title: 'Title', name: 'Name', description: 'What it is' };
const plan = { resourceType: 'PlanDefinition', id: 'a', name: 'Name' };
const view = { resourceType: 'ViewDefinition', id: 'v', name: 'View' };

t.test(
  'the ImplementationGuide lists every artefact that a reference can lead to, by type and id',
  async (t) => {
    const [listing, ...others] = withContents([guide, set, view, plan], (type) => type !== 'ViewDefinition');
    t.same(listing, {
      ...guide,
      definition: {
        resource: [
          { reference: { reference: 'PlanDefinition/a' }, name: 'Name', exampleBoolean: false },
          {
            reference: { reference: 'ValueSet/b' },
            name: 'Title',
            description: 'What it is',
            exampleBoolean: false,
          },
        ],
      },
    });
    t.same(others, [set, view, plan], 'the others stay as they are');
  },
);

t.test('without an ImplementationGuide nothing changes', async (t) => {
  t.same(
    withContents([set, plan], () => true),
    [set, plan],
  );
});
