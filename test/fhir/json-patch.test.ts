/** JSON Patch, RFC 6902: what each operation does to the text of a resource, and what is refused. */
import t from 'tap';
import { FhirError } from '../../src/core/fhir-error.ts';
import { applyJsonPatch } from '../../src/fhir/json-patch.ts';

function patched(text: string, ...operations: readonly unknown[]): string {
  return applyJsonPatch(text, JSON.stringify(operations));
}

/** Status and key of the refusal. */
function refusal(run: () => unknown): readonly [number, string] | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof FhirError) return [error.status, error.issues[0]!.key];
    throw error;
  }
  return undefined;
}

const malformed = [400, 'malformed-patch'] as const;
const conflict = [409, 'patch-conflict'] as const;

t.test('each operation does what RFC 6902 says', async (t) => {
  const cases: readonly (readonly [document: string, operation: unknown, result: string])[] = [
    ['{"a":1}', { op: 'add', path: '/b', value: [2] }, '{"a":1,"b":[2]}'],
    ['{"a":1}', { op: 'add', path: '/a', value: 2 }, '{"a":2}'],
    ['{"a":[1,3]}', { op: 'add', path: '/a/1', value: 2 }, '{"a":[1,2,3]}'],
    ['{"a":[1]}', { op: 'add', path: '/a/1', value: 2 }, '{"a":[1,2]}'],
    ['{"a":[1]}', { op: 'add', path: '/a/-', value: [2] }, '{"a":[1,[2]]}'],
    ['{"a":1}', { op: 'add', path: '', value: { b: null } }, '{"b":null}'],
    ['{"a":[1,2,3]}', { op: 'remove', path: '/a/1' }, '{"a":[1,3]}'],
    ['{"a":1,"b":2}', { op: 'remove', path: '/a' }, '{"b":2}'],
    ['{"a":1,"b":2}', { op: 'replace', path: '/a', value: { c: 'x' } }, '{"a":{"c":"x"},"b":2}'],
    ['{"a":[1,2]}', { op: 'replace', path: '/a/0', value: 9 }, '{"a":[9,2]}'],
    ['{"a":{"b":1,"c":2}}', { op: 'move', from: '/a/b', path: '/d' }, '{"a":{"c":2},"d":1}'],
    ['{"a":[1,2,3]}', { op: 'move', from: '/a/2', path: '/a/0' }, '{"a":[3,1,2]}'],
    ['{"a":{"b":1}}', { op: 'copy', from: '/a', path: '/c' }, '{"a":{"b":1},"c":{"b":1}}'],
    ['{"a/b":1,"m~n":2}', { op: 'remove', path: '/a~1b' }, '{"m~n":2}'],
    ['{"a/b":1,"m~n":2}', { op: 'replace', path: '/m~0n', value: 3 }, '{"a/b":1,"m~n":3}'],
    ['{"~1":1,"b":2}', { op: 'remove', path: '/~01' }, '{"b":2}'],
    ['{"":1,"b":2}', { op: 'remove', path: '/' }, '{"b":2}'],
    ['{"__proto__":1,"b":2}', { op: 'remove', path: '/__proto__' }, '{"b":2}'],
  ];
  for (const [document, operation, result] of cases) {
    t.equal(patched(document, operation), result, JSON.stringify(operation));
  }
});

t.test('a copy does not change with what it was copied from', async (t) => {
  const result = patched(
    '{"a":{"b":1}}',
    { op: 'copy', from: '/a', path: '/c' },
    { op: 'replace', path: '/a/b', value: 2 },
  );
  t.equal(result, '{"a":{"b":2},"c":{"b":1}}');
});

t.test('what is not patched keeps its spelling, and so does what is brought', async (t) => {
  const document = '{ "a": 1.50, "b": "\\u00fc", "c": 1E3, "d": [ 0.0 ] }';
  const result = applyJsonPatch(document, '[{"op":"add","path":"/d/-","value":2.500}]');
  t.equal(result, '{"a":1.50,"b":"\\u00fc","c":1E3,"d":[0.0,2.500]}');
});

t.test('a test compares by value', async (t) => {
  const document = '{"a":1.50,"b":"x","c":{"d":[1,2],"e":null},"f":12345678901234567890.1,"g":0.0}';
  const holds = (path: string, value: string) =>
    refusal(() => applyJsonPatch(document, `[{"op":"test","path":"${path}","value":${value}}]`));
  for (const [path, value] of [
    ['/a', '1.5'],
    ['/a', '15e-1'],
    ['/b', '"\\u0078"'],
    ['/c', '{"e":null,"d":[1.0,2]}'],
    ['/f', '12345678901234567890.10'],
    ['/g', '-0'],
    ['/c/d/1', '2'],
  ] as const) {
    t.equal(holds(path, value), undefined, `${path} ${value}`);
  }
  for (const [path, value] of [
    ['/a', '1.51'],
    ['/a', '"1.50"'],
    ['/a', '-1.5'],
    ['/c', '{"d":[2,1],"e":null}'],
    ['/c', '{"d":[1,2]}'],
    ['/f', '12345678901234567890.2'],
    ['/nothing', 'null'],
  ] as const) {
    t.same(holds(path, value), conflict, `${path} ${value}`);
  }
});

t.test('what loses its last member goes with it, what was empty by intent stays', async (t) => {
  t.equal(patched('{"a":[{"b":1}],"c":2}', { op: 'remove', path: '/a/0/b' }), '{"c":2}');
  t.equal(patched('{"a":["x"],"c":2}', { op: 'remove', path: '/a/0' }), '{"c":2}');
  t.equal(
    patched('{"a":["x"]}', { op: 'remove', path: '/a/0' }, { op: 'add', path: '/a/0', value: 'y' }),
    '{"a":["y"]}',
  );
  t.equal(
    patched('{"a":[1,2]}', { op: 'remove', path: '/a/0' }, { op: 'add', path: '/b', value: [] }),
    '{"a":[2],"b":[]}',
  );
});

t.test('what does not fit the resource is a conflict', async (t) => {
  const document = '{"a":[1],"b":"x"}';
  for (const operation of [
    { op: 'remove', path: '/nothing' },
    { op: 'replace', path: '/nothing', value: 1 },
    { op: 'add', path: '/nothing/b', value: 1 },
    { op: 'add', path: '/a/2', value: 1 },
    { op: 'add', path: '/a/01', value: 1 },
    { op: 'add', path: '/a/x', value: 1 },
    { op: 'remove', path: '/a/-' },
    { op: 'remove', path: '/a/1' },
    { op: 'add', path: '/b/c', value: 1 },
    { op: 'move', from: '/nothing', path: '/c' },
    { op: 'copy', from: '/a/1', path: '/c' },
  ]) {
    t.same(
      refusal(() => patched(document, operation)),
      conflict,
      JSON.stringify(operation),
    );
  }
});

t.test('what is no patch is refused', async (t) => {
  for (const operation of [
    null,
    'add',
    {},
    { op: 'fix', path: '/a' },
    { op: 'toString', path: '/a' },
    { op: 'add', path: '/a' },
    { op: 'add', value: 1 },
    { op: 'add', path: 'a', value: 1 },
    { op: 'add', path: '/~2', value: 1 },
    { op: 'move', path: '/a' },
    { op: 'move', from: '/a', path: '/a/b' },
    { op: 'remove', path: '' },
  ]) {
    t.same(
      refusal(() => patched('{"a":{}}', operation)),
      malformed,
      JSON.stringify(operation),
    );
  }
  t.same(
    refusal(() => applyJsonPatch('{}', '{"op":"remove"}')),
    malformed,
  );
  t.same(
    refusal(() => applyJsonPatch('{}', '[{"op":')),
    [400, 'malformed-json'],
  );
});

t.test('a patch of very many operations is stopped before it starts', async (t) => {
  const operations = Array.from({ length: 20_000 }, () => ({ op: 'add', path: '/a/0', value: 'x' }));
  t.same(
    refusal(() => patched('{"a":[]}', ...operations)),
    [413, 'too-large'],
  );
  t.equal(
    refusal(() => patched('{"a":[]}', ...operations.slice(0, 1000))),
    undefined,
  );
});

t.test('a patch that doubles the resource again and again is stopped', async (t) => {
  const operations = Array.from({ length: 60 }, (_, i) => ({ op: 'copy', from: '', path: `/c${i}` }));
  t.same(
    refusal(() => patched('{"a":1}', ...operations)),
    [413, 'too-large'],
  );
});
