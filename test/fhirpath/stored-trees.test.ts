/** Trees survive the file, and only stand in for parsing. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { storedTrees, writeTrees } from '../../src/fhirpath/stored-trees.ts';
import { parseToTree } from '../../src/fhirpath/tree.ts';

t.test('trees come back as they were parsed', async (t) => {
  const file = join(t.testdir(), 'trees.json');
  const texts = [
    "status = 'final'",
    "value.exists() implies 4 days > 1 'h'",
    'a.sort(-b, c desc)',
    '%`vs-x`',
  ];
  writeTrees(file, [...texts, 'no ( expression']);
  const trees = storedTrees(file);
  for (const text of texts) t.same(trees(text), parseToTree(text), text);
  t.equal(trees('no ( expression'), undefined, 'what does not parse has no tree');
  t.equal(trees('toString'), undefined, 'nor has what was not written');
});

t.test('without a file of this form there are no trees', async (t) => {
  const folder = t.testdir();
  t.equal(storedTrees(join(folder, 'missing.json'))('status'), undefined);
  const old = join(folder, 'old.json');
  writeFileSync(old, JSON.stringify({ format: 0, trees: { status: { type: 'Other' } } }));
  t.equal(storedTrees(old)('status'), undefined);
});
