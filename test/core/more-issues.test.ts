/** A body that is wrong throughout is told so once, not ten thousands of times. */
import t from 'tap';
import { type Issue, mostIssues, tellable } from '../../src/core/issue.ts';

const warning: Issue = { severity: 'warning', code: 'value', key: 'a', text: 'A' };
const error: Issue = { severity: 'error', code: 'value', key: 'b', text: 'B' };

t.test('all of a few issues are told, in their order', async (t) => {
  const few = [warning, error, warning];
  t.same(tellable(few), few);
});

t.test('of very many the gravest are told, and that there are more', async (t) => {
  const many = [...Array.from({ length: 3 * mostIssues }, () => warning), error];
  const told = tellable(many);
  t.equal(told.length, mostIssues + 1);
  t.same(told[0], error);
  t.equal(told.at(-1)?.key, 'more-issues');
  t.same(tellable([...told, ...told]).filter(({ key }) => key === 'more-issues').length, 1);
});
