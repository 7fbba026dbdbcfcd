/** The code system kat-issue lists what the validator and the server can say: no key more, none less. */
import t from 'tap';
import { refusals } from '../../src/core/refusals.ts';
import { planFindings } from '../../src/protocol/apply/finding.ts';
import { formFindings } from '../../src/questionnaire/finding.ts';
import { findings } from '../../src/validator/finding.ts';
import { jsonFiles } from '../support/guide-files.ts';

const file = jsonFiles('terminology/code-systems').find(({ resource }) => resource.id === 'kat-issue');
const concepts = file!.resource.concept as { code: string; definition: string }[];

/** What the server says besides refusals. */
const advice = [
  'ok',
  'profile-required',
  'include-limit',
  'more-issues',
  'score-mismatch',
  'search-parameter-invalid',
  'search-parameter-clash',
  'search-plan',
];

t.test('kat-issue has the keys of findings and refusals', async (t) => {
  const keys = new Set(
    [advice, findings, formFindings, planFindings, refusals].flatMap((table) =>
      Array.isArray(table) ? table : Object.keys(table),
    ),
  );
  t.same(concepts.map(({ code }) => code).toSorted(), [...keys].toSorted());
});

t.test('a finding is defined by the words it speaks', async (t) => {
  const definitions = new Map(concepts.map(({ code, definition }) => [code, definition]));
  for (const [key, { text }] of Object.entries(findings))
    t.equal(definitions.get(key), text.replace(/\{\d\}/g, '…'), key);
  for (const [key, [, , text]] of [...Object.entries(formFindings), ...Object.entries(planFindings)])
    t.equal(definitions.get(key), text, key);
});
