import t from 'tap';
import { TextTable } from '../../src/core/text-table.ts';

t.test('what was added is found by an equal text, whatever else has its length', async (t) => {
  const table = new TextTable<number>();
  const texts = Array.from({ length: 40 }, (_, n) => `key-${String(n).padStart(2, '0')}`);
  for (const [n, text] of texts.entries()) table.add(text, n);
  table.add('', -1);
  t.equal(table.size, 41);
  for (const [n, text] of texts.entries()) t.equal(table.get(JSON.parse(JSON.stringify(text))), n);
  t.equal(table.get(''), -1);
});

t.test('what was not added is not found', async (t) => {
  const table = new TextTable<string>();
  table.add('one', '1');
  t.equal(table.get('two'), undefined, 'of the same length');
  t.equal(table.get('three'), undefined, 'of another length');
});
