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

/** What the stories yet to be told will show; a check comes off this list when nothing is left. */
const awaited = new Set(['every must-support element is in an example']);

for (const { name, find } of checks) {
  if (awaited.has(name)) t.test(`${name}: awaited`, async (t) => t.ok(find(guide).length > 0));
  else t.test(name, async (t) => t.same(find(guide), []));
}
