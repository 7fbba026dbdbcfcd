/** The guide is whole: what `npm run artefacts` checks, none of it wrong. */
import t from 'tap';
import { checks } from '../artefacts/checks.ts';
import { readGuideOnDisk } from '../artefacts/guide-on-disk.ts';

const guide = readGuideOnDisk();

t.test('the guide has artefacts, examples and cases', async (t) => {
  t.ok(guide.artefacts.length > 100);
  t.ok(guide.examples.length > 0);
  t.ok(guide.cases.length > 50);
});

for (const { name, find } of checks) {
  t.test(name, async (t) => t.same(find(guide), []));
}
