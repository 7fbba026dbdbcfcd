import t from 'tap';
import { createVerdicts } from '../../src/validator/verdicts.ts';

/** Pairs ask about one another along the edges; a pair conforms when nothing is wrong with it and all it asks about conform. */
function graph(edges: Readonly<Record<string, string>>, wrong: readonly string[]) {
  const verdicts = createVerdicts();
  const values = new Map(Object.keys(edges).map((name) => [name, { name }]));
  let asked = 0;
  const ask = (name: string): boolean =>
    verdicts.of(values.get(name)!, 'profile', () => {
      asked++;
      return [...edges[name]!].map(ask).every((one) => one) && !wrong.includes(name);
    });
  return { ask, asked: () => asked };
}

t.test('a pair is judged once', async (t) => {
  const { ask, asked } = graph({ a: 'bc', b: 'd', c: 'd', d: '' }, []);
  t.ok(ask('a'));
  t.ok(ask('d'));
  t.equal(asked(), 4);
});

t.test('a circle conforms when nothing in it is wrong, and is judged once', async (t) => {
  const { ask, asked } = graph({ a: 'b', b: 'c', c: 'a' }, []);
  t.ok(ask('a'));
  t.ok(ask('b'));
  t.ok(ask('c'));
  t.equal(asked(), 3);
});

t.test('what rested on a pair that turned out wrong is wrong as well, wherever one begins', async (t) => {
  for (const first of 'abc') {
    const { ask } = graph({ a: 'b', b: 'c', c: 'a' }, ['a']);
    ask(first);
    for (const name of 'abc') t.notOk(ask(name), `${name} after ${first}`);
  }
});

t.test('a fault within a circle reaches those that lead to it only', async (t) => {
  const { ask } = graph({ a: 'bx', b: 'a', x: '', y: 'x' }, ['b']);
  t.notOk(ask('a'));
  t.ok(ask('x'));
  t.ok(ask('y'));
});
