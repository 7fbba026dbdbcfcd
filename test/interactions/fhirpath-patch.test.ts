/** FHIRPath Patch: what each operation does to a resource, and what is refused. */
import t from 'tap';
import { FhirError } from '../../src/core/fhir-error.ts';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { applyFhirPathPatch } from '../../src/interactions/fhirpath-patch.ts';
import { registry } from '../support/registry.ts';

const { model } = registry();
const engine = { model, compile: createExpressionCompiler(model, { steps: 10_000 }) };

type Part = Readonly<Record<string, unknown>>;

/** Parts of an operation, as plain members: `value` brings its own form. */
function operation(members: Readonly<Record<string, unknown>>): Part {
  const part = Object.entries(members).map(([name, value]) => {
    if (name === 'value') return { name, ...(value as Part) };
    return { name, [typeof value === 'number' ? 'valueInteger' : 'valueString']: value };
  });
  return { name: 'operation', part };
}

function patched(resource: unknown, ...operations: readonly Readonly<Record<string, unknown>>[]): unknown {
  const patch = { resourceType: 'Parameters', parameter: operations.map(operation) };
  const text = typeof resource === 'string' ? resource : JSON.stringify(resource);
  return JSON.parse(applyFhirPathPatch(engine, text, JSON.stringify(patch)));
}

function refusal(run: () => unknown): readonly [number, string] | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof FhirError) return [error.status, error.issues[0]!.key];
    throw error;
  }
  return undefined;
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return String(error);
  }
  return '';
}

const malformed = [400, 'malformed-patch'] as const;
const conflict = [409, 'patch-conflict'] as const;

const patient = (members: object = {}) => ({ resourceType: 'Patient', ...members });
const numbered = (...values: readonly string[]) =>
  patient({ identifier: values.map((value) => ({ value })) });

t.test('add sets what is not there, and appends to a list', async (t) => {
  const add = { type: 'add', path: 'Patient', name: 'birthDate', value: { valueDate: '1930-01-01' } };
  t.same(patched(patient(), add), patient({ birthDate: '1930-01-01' }));
  t.same(
    patched(numbered('1'), {
      type: 'add',
      path: 'Patient',
      name: 'identifier',
      value: { valueIdentifier: { value: '2' } },
    }),
    numbered('1', '2'),
  );
  t.same(
    patched(patient({ name: [{ family: 'A' }] }), {
      type: 'add',
      path: 'Patient.name[0]',
      name: 'given',
      value: { valueString: 'B' },
    }),
    patient({ name: [{ family: 'A', given: ['B'] }] }),
  );
  t.same(
    refusal(() => patched(patient({ birthDate: '1920' }), add)),
    conflict,
    'a second value of what takes one',
  );
});

t.test('add puts an element without a data type together from its parts', async (t) => {
  const value = {
    part: [
      { name: 'name', valueHumanName: { text: 'a name' } },
      { name: 'relationship', valueCodeableConcept: { text: 'one' } },
      { name: 'relationship', valueCodeableConcept: { text: 'two' } },
      { name: 'gender', valueCode: 'female' },
    ],
  };
  const contact = {
    name: { text: 'a name' },
    relationship: [{ text: 'one' }, { text: 'two' }],
    gender: 'female',
  };
  t.same(
    patched(patient(), { type: 'add', path: 'Patient', name: 'contact', value }),
    patient({ contact: [contact] }),
  );
});

t.test('a choice goes under the key of its type', async (t) => {
  const observation = { resourceType: 'Observation', valueString: 'a' };
  const value = { valueQuantity: { value: 1, code: 'mg' } };
  t.same(patched(observation, { type: 'replace', path: 'Observation.value', value }), {
    resourceType: 'Observation',
    valueQuantity: { value: 1, code: 'mg' },
  });
  t.same(
    patched({ resourceType: 'Observation' }, { type: 'add', path: 'Observation', name: 'value', value }),
    { resourceType: 'Observation', valueQuantity: { value: 1, code: 'mg' } },
  );
  t.same(
    refusal(() => patched(observation, { type: 'add', path: 'Observation', name: 'value', value })),
    conflict,
  );
  t.same(
    refusal(() =>
      patched(
        { resourceType: 'Observation' },
        { type: 'add', path: 'Observation', name: 'value', value: { valueMoney: {} } },
      ),
    ),
    malformed,
  );
});

t.test('insert puts an item before the one at the index', async (t) => {
  const insert = (index: number) => ({
    type: 'insert',
    path: 'Patient.identifier',
    index,
    value: { valueIdentifier: { value: 'new' } },
  });
  t.same(patched(numbered('1', '2'), insert(0)), numbered('new', '1', '2'));
  t.same(patched(numbered('1', '2'), insert(1)), numbered('1', 'new', '2'));
  t.same(patched(numbered('1', '2'), insert(2)), numbered('1', '2', 'new'));
  t.same(patched(patient(), insert(0)), numbered('new'), 'into a list that is not there yet');
  t.same(
    refusal(() => patched(numbered('1', '2'), insert(3))),
    conflict,
  );
});

t.test('delete takes one element away, and what it leaves empty', async (t) => {
  const remove = (path: string) => ({ type: 'delete', path });
  t.same(patched(numbered('1', '2', '3'), remove('Patient.identifier[1]')), numbered('1', '3'));
  t.same(patched(numbered('1'), remove('Patient.identifier[0]')), patient());
  const contact = patient({ contact: [{ name: { text: 'a name' }, gender: 'male' }] });
  t.same(
    patched(contact, remove('Patient.contact[0].name.text')),
    patient({ contact: [{ gender: 'male' }] }),
  );
  t.same(
    patched(contact, remove('Patient.contact.name'), remove('Patient.contact.gender')),
    patient(),
    'the last of it',
  );
  t.same(patched(numbered('1'), remove('Patient.birthDate')), numbered('1'), 'nothing there is no error');
  t.same(
    refusal(() => patched(numbered('1', '2'), remove('Patient.identifier'))),
    conflict,
    'several',
  );
  t.same(patched(numbered('1', '2'), remove("Patient.identifier.where(value = '2')")), numbered('1'));
  t.same(
    refusal(() => patched(numbered('1'), remove('Patient'))),
    malformed,
  );
});

t.test('replace puts one element in the place of another', async (t) => {
  const replace = (path: string, value: unknown) => ({ type: 'replace', path, value });
  t.same(
    patched(patient({ birthDate: '1920' }), replace('Patient.birthDate', { valueDate: '1930' })),
    patient({ birthDate: '1930' }),
  );
  t.same(
    patched(numbered('1', '2'), replace('Patient.identifier[1].value', { valueString: '3' })),
    numbered('1', '3'),
  );
  t.same(
    patched(
      patient({ maritalStatus: { id: '1', text: 'a' } }),
      replace('Patient.maritalStatus', {
        valueCodeableConcept: { id: '2', text: 'b' },
      }),
    ),
    patient({ maritalStatus: { id: '2', text: 'b' } }),
  );
  t.same(
    refusal(() => patched(patient(), replace('Patient.birthDate', { valueDate: '1930' }))),
    conflict,
  );
});

t.test('move takes an item to the index it then has', async (t) => {
  const move = (source: number, destination: number) => ({
    type: 'move',
    path: 'Patient.identifier',
    source,
    destination,
  });
  const four = numbered('1', '2', '3', '4');
  t.same(patched(four, move(3, 1)), numbered('1', '4', '2', '3'));
  t.same(patched(four, move(3, 0)), numbered('4', '1', '2', '3'));
  t.same(patched(four, move(0, 3)), numbered('2', '3', '4', '1'));
  t.same(patched(four, move(1, 0), move(3, 2)), numbered('2', '1', '4', '3'));
  for (const [source, destination] of [
    [4, 0],
    [0, 4],
  ] as const) {
    t.same(
      refusal(() => patched(four, move(source, destination))),
      conflict,
    );
  }
});

t.test('values keep what stands beside them', async (t) => {
  const given = (values: unknown[], companions: unknown[]) =>
    patient({ name: [{ given: values, _given: companions }] });
  const three = given(['a', null, 'c'], [null, { id: 'b' }, null]);
  t.same(
    patched(three, { type: 'delete', path: 'Patient.name.given[0]' }),
    given([null, 'c'], [{ id: 'b' }, null]),
  );
  t.same(
    patched(three, { type: 'move', path: 'Patient.name.given', source: 1, destination: 2 }),
    given(['a', 'c', null], [null, null, { id: 'b' }]),
  );
  t.same(
    patched(three, {
      type: 'replace',
      path: 'Patient.name.given[2]',
      value: { valueString: 'd', _valueString: { id: 'e' } },
    }),
    given(['a', null, 'd'], [null, { id: 'b' }, { id: 'e' }]),
  );
});

t.test('extensions are written to, beside primitives as well', async (t) => {
  const url = 'http://example.org/x';
  const extended = {
    type: 'add',
    path: 'Patient.birthDate',
    name: 'extension',
    value: { valueExtension: { url, valueCode: 'a' } },
  };
  const result = patched(patient({ birthDate: '1930' }), extended);
  t.same(result, patient({ birthDate: '1930', _birthDate: { extension: [{ url, valueCode: 'a' }] } }));
  t.same(
    patched(result, {
      type: 'replace',
      path: `Patient.birthDate.extension('${url}').value`,
      value: { valueCode: 'b' },
    }),
    patient({ birthDate: '1930', _birthDate: { extension: [{ url, valueCode: 'b' }] } }),
  );
  t.same(
    patched(result, { type: 'delete', path: `Patient.birthDate.extension.where(url = '${url}')` }),
    patient({ birthDate: '1930' }),
  );
});

t.test('what is not patched keeps its spelling, and so does what is brought', async (t) => {
  const text =
    '{"resourceType":"Observation","valueQuantity":{"value":1.50,"unit":"mg"},"note":[{"text":"\\u00fc"}]}';
  const patch =
    '{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},' +
    '{"name":"path","valueString":"Observation"},{"name":"name","valueString":"component"},' +
    '{"name":"value","part":[{"name":"value","valueQuantity":{"value":2.500}}]}]}]}';
  t.equal(
    applyFhirPathPatch(engine, text, patch),
    `${text.slice(0, -1)},"component":[{"valueQuantity":{"value":2.500}}]}`,
  );
});

t.test('paths lead through criteria, types and positions', async (t) => {
  const resource = {
    resourceType: 'Observation',
    component: [
      { code: { coding: [{ code: 'a.b(c]' }] }, valueQuantity: { value: 1 } },
      { code: { coding: [{ code: 'x' }] }, valueString: 's' },
    ],
  };
  const value = { valueDecimal: 2 };
  for (const path of [
    "Observation.component.where(code.coding.code = 'a.b(c]').value.value",
    "component.where(code.coding.exists(code = 'a.b(c]')).value.ofType(Quantity).value",
    'Observation.component.value.as(Quantity).value',
    'Observation.component.first().value.value',
    '$this.component[0].value.single().value',
    'Observation.component[ 0 ].`value`.value',
  ]) {
    const result = patched(resource, { type: 'replace', path, value }) as typeof resource;
    t.same(result.component[0]!.valueQuantity, { value: 2 }, path);
  }
});

t.test('paths that no patch can follow are refused, without a word of them', async (t) => {
  for (const path of [
    '',
    '1 + 1',
    'Patient.name | Patient.contact',
    'Patient.name.select(given)',
    "Patient.name.where(family = 'Ebenezer'",
    'Patient.name.where(nonsense())',
    'Patient.name[x]',
    `Patient${'.name'.repeat(1000)}`,
    '%resource',
  ]) {
    const run = () => patched(patient({ name: [{ family: 'A' }] }), { type: 'delete', path });
    t.same(refusal(run), malformed, path.slice(0, 40));
    t.notMatch(messageOf(run), /Ebenezer/);
  }
});

t.test('a patch that would hold up others is refused', async (t) => {
  const many = Array.from({ length: 2000 }, () => ({
    type: 'add',
    path: 'Patient',
    name: 'identifier',
    value: { valueIdentifier: { value: 'x' } },
  }));
  t.same(
    refusal(() => patched(patient(), ...many)),
    [413, 'too-large'],
  );
  const identifiers = patient({ identifier: Array.from({ length: 3000 }, () => ({ value: 'x' })) });
  const costly = 'Patient.identifier.where(%resource.descendants().where($this = 1).exists())';
  const start = performance.now();
  const refused = refusal(() => patched(identifiers, { type: 'delete', path: costly }));
  t.ok(refused?.[0] === 413 || refused?.[0] === 400, String(refused));
  t.ok(performance.now() - start < 5000);
});

t.test('what is no patch is refused', async (t) => {
  const apply = (patch: unknown) =>
    refusal(() => applyFhirPathPatch(engine, '{"resourceType":"Patient"}', JSON.stringify(patch)));
  for (const patch of [
    [],
    patient(),
    { resourceType: 'Parameters', parameter: {} },
    { resourceType: 'Parameters', parameter: [{ name: 'other', part: [] }] },
    { resourceType: 'Parameters', parameter: [{ name: 'operation' }] },
    { resourceType: 'Parameters', parameter: [operation({ type: 'fix', path: 'Patient' })] },
    { resourceType: 'Parameters', parameter: [operation({ type: 'delete' })] },
    {
      resourceType: 'Parameters',
      parameter: [operation({ type: 'add', path: 'Patient', name: 'birthDate' })],
    },
    {
      resourceType: 'Parameters',
      parameter: [operation({ type: 'add', path: 'Patient', name: 'nonsense', value: { valueCode: 'a' } })],
    },
    {
      resourceType: 'Parameters',
      parameter: [operation({ type: 'insert', path: 'Patient.identifier', value: { valueIdentifier: {} } })],
    },
    {
      resourceType: 'Parameters',
      parameter: [
        operation({ type: 'insert', path: 'Patient.birthDate', index: 0, value: { valueDate: '1' } }),
      ],
    },
    {
      resourceType: 'Parameters',
      parameter: [operation({ type: 'move', path: 'Patient.identifier', source: 'x', destination: 0 })],
    },
  ]) {
    t.same(apply(patch), malformed, JSON.stringify(patch));
  }
  t.equal(apply({ resourceType: 'Parameters' }), undefined, 'no operations change nothing');
});

t.test('a refusal names the operation', async (t) => {
  const good = { type: 'delete', path: 'Patient.birthDate' };
  const bad = { type: 'replace', path: 'Patient.gender', value: { valueCode: 'male' } };
  try {
    patched(patient(), good, bad);
    t.fail('it is not refused');
  } catch (error) {
    t.equal((error as FhirError).issues[0]!.expression, 'Parameters.parameter[1]');
  }
});
