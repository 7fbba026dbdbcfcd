/** What callers of the compiler rely on. */
import t from 'tap';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import type { Environment, TypedValue } from '../../src/fhirpath/expression.ts';
import { parseToTree } from '../../src/fhirpath/tree.ts';
import { registry } from '../support/registry.ts';

const { model } = registry();
const compile = createExpressionCompiler(model);

function environmentOf(focus: TypedValue): Environment {
  return { resource: focus, rootResource: focus };
}

const observation: TypedValue = {
  type: 'Observation',
  value: {
    resourceType: 'Observation',
    status: 'final',
    _status: { id: 's' },
    code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
    valueQuantity: { value: 7 },
    component: [{ code: { text: 'one' }, valueInteger: 3 }],
  },
};
const environment = environmentOf(observation);

t.test(
  'values carry the FHIR type they have in their resource and the companion of a primitive',
  async (t) => {
    const values = (text: string) => compile(text, 'Observation').values(observation, environment);
    t.match(values('status'), [{ type: 'code', value: 'final', element: { id: 's' } }]);
    t.match(values('value'), [{ type: 'Quantity', value: { value: 7 } }]);
    t.match(values('component'), [{ type: 'Observation.component' }]);
    t.match(values('component.value'), [{ type: 'integer', value: 3 }]);
    t.match(values('status.exists()'), [{ type: 'System.Boolean', value: true }]);
  },
);

t.test('an expression is compiled once for a type of focus', async (t) => {
  t.equal(compile('status', 'Observation'), compile('status', 'Observation'));
  t.not(compile('status', 'Observation'), compile('status', 'Patient'));
});

t.test('a text that is no FHIRPath is refused with its place', async (t) => {
  t.throws(() => compile('status = ', 'Observation'), /line: 1/);
});

t.test('stored trees are used instead of parsing', async (t) => {
  const stored = JSON.parse(JSON.stringify({ 'not FHIRPath': parseToTree("status = 'final'") }));
  const fromTrees = createExpressionCompiler(model, { trees: (text) => stored[text] });
  t.equal(
    fromTrees('not FHIRPath', 'Observation').test(observation.value, observation.type, environment),
    true,
  );
});

t.test('a focus is tested as what it is, primitives with their companions', async (t) => {
  const date: TypedValue = { type: 'date', value: undefined, element: { extension: [{ url: 'http://x' }] } };
  t.equal(
    compile("extension('http://x').exists() and hasValue().not()", 'date').test(
      date.value,
      date.type,
      environment,
      date.element,
    ),
    true,
  );
  const quantity: TypedValue = { type: 'Quantity', value: { value: 3, code: 'mg' } };
  t.equal(
    compile('code.empty() or system.exists()', 'Quantity').test(quantity.value, quantity.type, environment),
    false,
  );
  const anything: TypedValue = { type: 'Period', value: { start: '2020' } };
  t.equal(
    compile('hasValue() or (children().count() > id.count())', 'Element').test(
      anything.value,
      anything.type,
      environment,
    ),
    true,
  );
});

t.test('what the compiler has no code for is evaluated by fhirpath.js', async (t) => {
  const text = "defineVariable('s', status).select(%s)";
  t.equal(compile(text, 'Observation').engine, 'fhirpath.js');
  t.match(compile(text, 'Observation').values(observation, environment), [{ type: 'code', value: 'final' }]);
});

t.test(
  'under strict a path must begin with the type of its focus, but where it is one of several',
  async (t) => {
    const strict = createExpressionCompiler(model, { strict: true });
    t.throws(() => strict('Encounter.status', 'Observation'), /no Encounter/);
    t.throws(() => strict('component.where(Encounter.status)', 'Observation'), /no Encounter/);
    t.doesNotThrow(() => strict('Resource.id', 'Observation'));
    t.doesNotThrow(() => strict('Encounter.status | Observation.status', 'Observation'));
    t.doesNotThrow(() => strict('(Encounter.status | Observation.status).first()', 'Observation'));
  },
);

t.test('under strict an element that no definition has is a fault', async (t) => {
  const strict = createExpressionCompiler(model, { strict: true });
  t.throws(() => strict('statusCode', 'Observation'), /no element statusCode/);
  t.throws(() => strict('valueQuantity.exists()', 'Observation'), /no element valueQuantity/);
  t.throws(() => strict('children().first()', 'Observation'), /order/);
  t.doesNotThrow(() => strict('Observation.value.unit', 'Observation'));
  t.throws(() => strict('Observation.value.wrong', 'Observation'), /no element wrong/);
  t.throws(() => strict('component.sort(wrong)', 'Observation'), /no element wrong/);
  t.throws(() => strict("component.trace('components', wrong)", 'Observation'), /no element wrong/);
  t.doesNotThrow(() => strict("component.trace('components', $index).code", 'Observation'));
  t.throws(() => strict('children()[0]', 'Observation'), /order/);
});

t.test('expressions of clients end within their budget', async (t) => {
  const bounded = createExpressionCompiler(model, { steps: 50_000 });
  const many = { type: 'Observation', value: { ...(observation.value as object), note: manyNotes(400) } };
  const cubic = bounded('note.select(%context.note.select(%context.note.text)).count()', 'Observation');
  t.throws(() => cubic.values(many, environmentOf(many)), /too long/);
  const square = bounded('note.text | note.select(text & time)', 'Observation');
  t.throws(() => square.values(many, environmentOf(many)), /too long/);
  for (const text of [
    "note.aggregate($total + $total, 'aa').length()",
    "note.aggregate($total & $total, 'aa').length()",
    'note.aggregate($total.combine($total), 1).count()',
    "note.aggregate($total.replace('', 'aaaaaaaa'), 'a').length()",
    "repeat('a' & $this.toString())",
    'note.select(%context.descendants()).count()',
    'note.select(text & time).isDistinct() or note.isDistinct()',
  ]) {
    t.throws(() => bounded(text, 'Observation').values(many, environmentOf(many)), /too long/, text);
  }
  t.same(
    bounded('note.count()', 'Observation')
      .values(many, environmentOf(many))
      .map(({ value }) => value),
    [400],
  );
});

function manyNotes(count: number) {
  return Array.from({ length: count }, (_, i) => ({ text: `note ${i}` }));
}

t.test(
  'regular expressions of clients that could take exponential time take linear time or are refused',
  async (t) => {
    const bounded = createExpressionCompiler(model, { steps: 50_000 });
    const long = {
      type: 'Observation',
      value: { resourceType: 'Observation', status: `${'a'.repeat(5000)}!` },
    };
    for (const pattern of ['(a+)+$', '(a|aa)+$', '(.*)*x', '((a{1,9})*b)*$']) {
      const start = performance.now();
      const [found] = bounded(`status.matches('^${pattern}')`, 'Observation').values(
        long,
        environmentOf(long),
      );
      t.equal(found?.value, false, pattern);
      t.ok(performance.now() - start < 1000, `${pattern} in time`);
    }
    for (const text of [
      "status.matches('^(?=(a+)+$)')",
      "status.matches('^(a+)+$', 'm')",
      "status.replaceMatches('(a+)+$', '')",
      'status.matches(code.text)',
    ]) {
      t.throws(() => bounded(text, 'Observation'), /too long/, text);
    }
    t.doesNotThrow(() => bounded("status.matches('^[a-z]+(-[a-z]{1,9})?$')", 'Observation'));
  },
);

t.test('names and texts of an expression cannot become code', async (t) => {
  const hostile = ["`');throw 1;//`", '\'\\"+process.exit()+\\"\'', '%`x"]);process.exit();//`'];
  for (const text of hostile) {
    try {
      compile(text, 'Observation').values(observation, environment);
    } catch (error) {
      t.match(error, { name: 'ExpressionFault' }, text);
    }
  }
  t.pass('still here');
});

t.test('no fault quotes a value', async (t) => {
  const secret = {
    type: 'Patient',
    value: { resourceType: 'Patient', name: [{ family: 'Geheim', given: ['Q', 'R'] }] },
  };
  for (const text of [
    'name.given.single()',
    'name.family + 1',
    'name.family < 1',
    'name.given and true',
    '-name.family',
    'name.given.upper()',
  ]) {
    try {
      compile(text, 'Patient').values(secret, environmentOf(secret));
      t.fail(`${text} must be refused`);
    } catch (error) {
      t.notMatch(String(error), /Geheim|Q|R'/, text);
    }
  }
});
