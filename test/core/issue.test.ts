import t from 'tap';
import { gravestFirst, hasErrors, type Issue, type IssueSeverity } from '../../src/core/issue.ts';

const issue = (severity: IssueSeverity, key: string): Issue => ({
  severity,
  code: 'invalid',
  key,
  text: key,
});

t.test('the gravest finding comes first, equals stay in their order', async (t) => {
  const given = [issue('information', 'a'), issue('error', 'b'), issue('warning', 'c'), issue('error', 'd')];
  t.same(
    gravestFirst(given).map(({ key }) => key),
    ['b', 'd', 'c', 'a'],
  );
  t.equal(given[0]!.key, 'a', 'what was given is left alone');
});

t.test('only errors make a resource unacceptable', async (t) => {
  t.equal(hasErrors([issue('warning', 'a'), issue('information', 'b')]), false);
  t.equal(hasErrors([issue('warning', 'a'), issue('error', 'b')]), true);
  t.equal(hasErrors([issue('fatal', 'a')]), true);
});
