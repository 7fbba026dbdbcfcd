/** The form that a profile demands of a value by a regular expression. */
import t from 'tap';
import { errors, findings, profile, validatorWith } from './parts.ts';

const patient = (value: string) => ({
  resourceType: 'Patient',
  identifier: [{ system: 'http://x.com', value }],
});
const regex = (valueString: string) => ({
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/regex', valueString }],
});

const onElement = (pattern: string) => profile('Patient', { 'Patient.identifier.value': regex(pattern) });
const onType = (pattern: string) =>
  profile('Patient', { 'Patient.identifier.value': { type: [{ code: 'string', ...regex(pattern) }] } });

t.test('a value takes the whole form, demanded on the element or on its type', async (t) => {
  for (const demand of [onElement('[A-Z]{2}[0-9]+'), onType('[A-Z]{2}[0-9]+')]) {
    const by = validatorWith(demand);
    const found = (value: string) => errors(patient(value), { profiles: [demand.url] }, by);
    t.same(found('AB12'), []);
    for (const wrong of ['ab12', 'AB', 'xAB12', 'AB12 ']) {
      t.same(found(wrong), ['value-regex @ Patient.identifier[0].value'], wrong);
    }
  }
});

t.test('no form takes for ever', async (t) => {
  const long = `${'a'.repeat(10_000)}!`;
  const start = performance.now();
  const linear = onElement('(a+)+');
  const found = errors(patient(long), { profiles: [linear.url] }, validatorWith(linear));
  t.same(found, ['value-regex @ Patient.identifier[0].value']);
  const endless = onElement('(?=(a+)+$)a.*');
  const options = { profiles: [endless.url] };
  t.same(errors(patient(long), options, validatorWith(endless)), []);
  t.same(findings(patient(long), 'information', options, validatorWith(endless)), [
    'value-regex-not-checked @ Patient.identifier[0].value',
  ]);
  t.ok(performance.now() - start < 2000);
});
