/** Rules that are not evaluated where they can be seen to hold are still broken by what breaks them. */

import type { ElementDefinitionConstraint } from '@medplum/fhirtypes';
import t from 'tap';
import { choiceKey } from '../../src/fhir/choice-key.ts';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { inOrder, plainlyHeld } from '../../src/validator/checks/plainly-held.ts';
import { type ElementNode, elementTree, typeCodes } from '../../src/validator/element-tree.ts';
import { registry, validator } from './parts.ts';

const code = { coding: [{ system: 'https://kat.test/codes', code: 'a' }] };
const observation = { resourceType: 'Observation', status: 'final', code };
const amount = { value: 1, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' };
const subject = { reference: 'Patient/a' };
const plan = (activity: object) => ({
  resourceType: 'CarePlan',
  status: 'active',
  intent: 'plan',
  subject,
  activity: [activity],
});
const dose = (dosage: object) => ({
  resourceType: 'MedicationAdministration',
  status: 'completed',
  medicationCodeableConcept: code,
  subject,
  effectiveDateTime: '2026-06-01',
  dosage,
});
const order = (more: object) => ({
  resourceType: 'ServiceRequest',
  status: 'active',
  intent: 'order',
  subject,
  ...more,
});
const during = (start: string, end: string) => ({ ...observation, effectivePeriod: { start, end } });

/** Of each rule what breaks it, then what keeps it. */
const cases: readonly (readonly [key: string, broken: object, ...kept: readonly object[]])[] = [
  [
    'obs-6',
    { ...observation, valueQuantity: amount, dataAbsentReason: code },
    { ...observation, valueQuantity: amount },
    { ...observation, dataAbsentReason: code },
  ],
  [
    'obs-7',
    { ...observation, valueQuantity: amount, component: [{ code, valueQuantity: amount }] },
    { ...observation, component: [{ code, valueQuantity: amount }] },
  ],
  [
    'qty-3',
    { ...observation, valueQuantity: { value: 1, code: 'mg' } },
    { ...observation, valueQuantity: { value: 1, unit: 'mg' } },
  ],
  [
    'per-1',
    during('2026-06-01T10:00:00Z', '2026-06-01T09:59:59Z'),
    during('2026-06-01T09:59:59Z', '2026-06-01T10:00:00Z'),
  ],
  // Clocks that differ: the texts are in the other order than the moments.
  [
    'per-1',
    during('2026-06-01T09:00:00-04:00', '2026-06-01T10:00:00+02:00'),
    during('2026-06-01T10:00:00+02:00', '2026-06-01T09:00:00-04:00'),
  ],
  ['per-1', during('2026-06-02', '2026-06-01'), during('2026-06-01', '2026-06-01')],
  [
    'cpl-3',
    plan({ reference: { reference: 'Task/a' }, detail: { status: 'not-started' } }),
    plan({ detail: { status: 'not-started' } }),
  ],
  ['mad-1', dose({ text: 'some' }), dose({ dose: amount }), dose({ rateQuantity: amount })],
  ['prr-1', order({ orderDetail: [code] }), order({ orderDetail: [code], code }), order({})],
];

t.test('each is found where it is broken, and only there', async (t) => {
  for (const [key, broken, ...kept] of cases) {
    const keysOf = (resource: object) => validator.validate(resource).map((issue) => issue.key);
    t.ok(keysOf(broken).includes(key), key);
    for (const one of kept) t.notOk(keysOf(one).includes(key), key);
  }
});

/** Numbers between 0 and 1, the same ones each time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = randomNumbers(7);
const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** A value for an element: one of the texts that the rule names, if it is a text. */
function someValue(type: string, texts: readonly string[]): unknown {
  if (type === 'boolean') return true;
  if (['integer', 'positiveInt', 'unsignedInt', 'decimal'].includes(type)) return 1;
  if (type === 'date' || type === 'dateTime' || type === 'instant')
    return oneOf(['2024-01-01', '2025-01-01']);
  return /^[a-z]/.test(type) ? oneOf([...texts, 'another']) : { id: 'some' };
}

t.test('a rule that is seen to hold holds, whatever else is there', async (t) => {
  const compile = createExpressionCompiler(registry.model);
  const seen = new Set<string>();
  let asked = 0;
  const wrong: string[] = [];

  function tryRule(rule: ElementDefinitionConstraint, node: ElementNode): void {
    const path = node.definition.path ?? '';
    const names = node.children.map(({ name }) => name);
    const held = plainlyHeld(rule, (name) => (names.includes(name) ? `has('${name}')` : undefined));
    const { expression = '' } = rule;
    if (held === undefined || seen.has(`${path} ${expression}`)) return;
    seen.add(`${path} ${expression}`);
    const test = new Function('o', 'has', 'inOrder', `return ${held};`);
    const texts = [...expression.matchAll(/'([\w-]+)'/g)].map(([, text]) => text as string);
    const named = node.children.filter(({ name }) => expression.includes(name));
    for (let round = 0; round < 40; round++) {
      const value: Record<string, unknown> = {};
      const there = new Set<string>();
      for (const { name, definition, choice } of named) {
        if (random() < 0.5) continue;
        there.add(name);
        const type = oneOf(typeCodes(definition));
        const one = someValue(type, texts);
        value[choice ? choiceKey(name, type) : name] = (definition.base?.max ?? '1') === '1' ? one : [one];
      }
      if (!test(value, (name: string) => there.has(name), inOrder)) continue;
      asked++;
      const focus = { type: path, value };
      const evaluated = compile(expression, path).values(focus, { resource: focus, rootResource: focus });
      if (evaluated.some((result) => result.value === false))
        wrong.push(`${path}: ${expression}: ${JSON.stringify(value)}`);
    }
  }

  function visit(node: ElementNode): void {
    for (const rule of node.definition.constraint ?? []) {
      if (node.children.length > 0 && rule.expression) tryRule(rule, node);
    }
    for (const child of node.children) visit(child);
  }

  const dataTypes = ['Attachment', 'ContactPoint', 'Expression', 'Period', 'Quantity', 'Ratio', 'Timing'];
  for (const type of [...registry.resourceTypes, ...dataTypes]) {
    const structure = registry.typeStructure(type);
    const tree = structure && elementTree(structure);
    if (tree) visit(tree);
  }
  t.same(wrong, []);
  t.ok(seen.size > 100, `${seen.size} rules`);
  t.ok(asked > 1000, `${asked} objects of which a rule was seen to hold`);
});
