/** What `:in`, `:above` and `:below` mean in codes, and what cannot be known. */
import t from 'tap';
import { codeExpansions } from '../../src/search/code-expansion.ts';
import { definitions } from '../support/server.ts';

const expand = codeExpansions(definitions()).shipped;
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const codes = (modifier: 'in' | 'above' | 'below', text: string): string[] | undefined =>
  expand(modifier, text)
    ?.map(({ code }) => code)
    .sort();

t.test('what lies above and below a code is itself and its kin in the hierarchy', (t) => {
  t.same(codes('below', `${actCode}|IMP`), ['ACUTE', 'IMP', 'NONAC']);
  t.same(
    codes('above', `${actCode}|ACUTE`),
    ['ACUTE', 'IMP', '_ActCareProvisionCode', '_ActEncounterCode'].sort(),
  );
  t.equal(codes('below', `${actCode}|no-such-code`), undefined);
  t.equal(codes('below', 'http://snomed.info/sct|404684003'), undefined, 'not shipped');
  t.equal(codes('below', 'IMP'), undefined, 'of any system');
  t.end();
});

t.test('a value set may choose codes by filter and draw on other value sets', (t) => {
  const classes = codes('in', 'http://terminology.hl7.org/ValueSet/v3-ActEncounterCode');
  for (const code of ['AMB', 'IMP', 'ACUTE', 'VR']) t.ok(classes?.includes(code), code);
  t.notOk(classes?.includes('ABUSE'), 'of the system, not of the value set');
  t.ok(codes('in', 'http://hl7.org/fhir/ValueSet/security-labels')?.includes('NOAUTH'));
  t.end();
});

t.test('an expansion that leaves codes out is no answer', (t) => {
  for (const name of ['condition-code', 'procedure-code', 'observation-codes', 'no-such-value-set']) {
    t.equal(codes('in', `http://hl7.org/fhir/ValueSet/${name}`), undefined, name);
  }
  t.end();
});
