/** What the rules have read is not read again until something it depends on was written. */
import t from 'tap';
import { createGenerations } from '../../src/cache/generations.ts';
import type { Services } from '../../src/interactions/interaction.ts';
import { createReadMemory } from '../../src/interactions/remembering-reader.ts';
import type { StoreTransaction } from '../../src/storage/store.ts';

/** A store of one Procedure, and a list of what it was asked. */
function readMemory() {
  const asked: string[] = [];
  const state = { others: 1 };
  const generations = createGenerations();
  const row = { body: JSON.stringify({ resourceType: 'Procedure', id: 'a' }) };
  const transaction = {
    othersWrites: async () => state.others,
    read: async (type: string, id: string) => {
      asked.push(`${type}/${id}`);
      return id === 'none' ? undefined : row;
    },
    search: async ({ type }: { type: string }) => {
      asked.push(type);
      return { rows: type === 'Procedure' ? [row] : [], next: undefined };
    },
  } as unknown as StoreTransaction;
  const services = {
    generations,
    parseSearch: (type: string) => ({ where: { kind: 'all' }, scopes: [`${type}@1`] }),
    localReference: (reference: string) => reference,
  } as unknown as Services;
  const memory = createReadMemory();
  return {
    asked,
    state,
    generations,
    /** In a unit of work of its own. */
    find: async (type: 'Procedure' | 'Condition', value = 'Patient/1') =>
      (await memory.readerOver(services, transaction)).find(type, [['patient', value]]),
    read: async (reference: string) => (await memory.readerOver(services, transaction)).read(reference),
  };
}

t.test('what was found is found again without asking, and so is that there is nothing', async (t) => {
  const { asked, find, read } = readMemory();
  for (let time = 0; time < 2; time++) {
    t.same(await find('Procedure'), [{ resourceType: 'Procedure', id: 'a' }]);
    t.same(await find('Condition'), []);
    t.match(await read('Procedure/a'), { id: 'a' });
    t.equal(await read('Procedure/none'), undefined);
  }
  t.same(asked, ['Procedure', 'Condition', 'Procedure/a', 'Procedure/none']);
});

t.test('another question is asked', async (t) => {
  const { asked, find } = readMemory();
  await find('Procedure');
  await find('Procedure', 'Patient/2');
  t.equal(asked.length, 2);
});

t.test('a write to what it depends on makes it unknown, a write to anything else does not', async (t) => {
  const { asked, find, read, generations } = readMemory();
  const written = (...scopes: string[]) => {
    const mark = generations.begin();
    for (const scope of scopes) mark.touch(scope);
    mark.end();
  };
  await find('Procedure');
  await read('Procedure/a');
  written('Condition@1', 'Procedure@2', 'Procedure/b');
  await find('Procedure');
  await read('Procedure/a');
  t.equal(asked.length, 2);
  written('Procedure@1');
  await find('Procedure');
  await read('Procedure/a');
  t.same(asked.slice(2), ['Procedure']);
  written('Procedure/a');
  await read('Procedure/a');
  t.same(asked.slice(3), ['Procedure/a']);
});

t.test('while it is being written nothing is believed, nor remembered', async (t) => {
  const { asked, find, generations } = readMemory();
  await find('Procedure');
  const mark = generations.begin();
  mark.touch('Procedure@1');
  await find('Procedure');
  t.equal(asked.length, 2, 'not believed');
  mark.end();
  await find('Procedure');
  t.equal(asked.length, 3, 'not remembered');
  await find('Procedure');
  t.equal(asked.length, 3);
});

t.test('what others write to the store makes all unknown', async (t) => {
  const { asked, find, state } = readMemory();
  await find('Procedure');
  state.others++;
  await find('Procedure');
  await find('Procedure');
  t.equal(asked.length, 2);
});

t.test('it remembers so much and no more: what was used last', async (t) => {
  const { asked, find } = readMemory();
  await find('Procedure', 'Patient/0');
  for (let patient = 1; patient <= 5_000; patient++) {
    await find('Procedure', `Patient/${patient}`);
    await find('Procedure', 'Patient/0');
  }
  t.equal(asked.length, 5_001, 'what is used again and again stays');
  await find('Procedure', 'Patient/1');
  t.equal(asked.length, 5_002, 'what was not used for long is gone');
});
