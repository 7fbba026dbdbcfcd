/** Which answers enable an item, by the conditions of R4. */
import t from 'tap';
import { conditionOf, isEnabled } from '../../src/questionnaire/enable-when.ts';
import { formItems } from '../../src/questionnaire/form.ts';
import { itemDemands } from '../../src/questionnaire/item-demands.ts';

type Row = [operator: string, expected: Record<string, unknown>, answers: unknown[], enabled: boolean];

const ucum = 'http://unitsofmeasure.org';

const rows: Row[] = [
  ['=', { answerCoding: { code: 'y' } }, [{ system: 'urn:x', code: 'y' }], true],
  ['=', { answerCoding: { system: 'urn:x', code: 'y' } }, [{ code: 'y' }], false],
  ['=', { answerCoding: { system: 'urn:x', code: 'y' } }, [{ system: 'urn:z', code: 'y' }], false],
  ['!=', { answerCoding: { code: 'y' } }, [{ system: 'urn:x', code: 'y' }], false],
  ['!=', { answerCoding: { code: 'y' } }, [{ system: 'urn:x', code: 'n' }], true],
  ['!=', { answerCoding: { code: 'y' } }, [], false],
  ['>', { answerQuantity: { value: 5 } }, [{ value: 6, system: ucum, code: 'kg' }], true],
  ['>', { answerQuantity: { value: 5 } }, [{ value: 4, system: ucum, code: 'kg' }], false],
  ['>', { answerQuantity: { value: 5, unit: 'kg' } }, [{ value: 6, unit: 'min' }], false],
  [
    '=',
    { answerQuantity: { value: 5, unit: 'kg' } },
    [{ value: 5, unit: 'kg', system: ucum, code: 'kg' }],
    true,
  ],
  ['=', { answerQuantity: { value: 5, unit: 'kg' } }, [{ value: 6, unit: 'kg' }], false],
  ['>=', { answerDate: '2020' }, ['2020-05-01'], true],
  ['<', { answerDate: '2020' }, ['2020-05-01'], false],
  ['=', { answerDate: '2020' }, ['2020-05-01'], false],
];

for (const [operator, expected, answers, enabled] of rows) {
  const name = `${JSON.stringify(answers)} ${operator} ${JSON.stringify(expected)}: ${enabled}`;
  t.test(name, async (t) => {
    const condition = conditionOf({ question: 'q', operator, ...expected });
    t.equal(
      isEnabled([condition], false, () => answers),
      enabled,
    );
  });
}

t.test('of conditions that nothing joins, one enables', async (t) => {
  const enableWhen = ['a', 'b'].map((question) => ({ question, operator: 'exists', answerBoolean: true }));
  const isShown = (more: object, ...answered: string[]): boolean => {
    const [item] = formItems({ item: [{ linkId: 'c', type: 'string', enableWhen, ...more }] });
    const { conditions, any } = itemDemands(item!);
    return isEnabled(conditions, any, (linkId) => (answered.includes(linkId) ? ['x'] : []));
  };
  t.ok(isShown({}, 'a'));
  t.notOk(isShown({}));
  t.ok(isShown({ enableBehavior: 'any' }, 'b'));
  t.notOk(isShown({ enableBehavior: 'all' }, 'a'));
  t.ok(isShown({ enableBehavior: 'all' }, 'a', 'b'));
});
