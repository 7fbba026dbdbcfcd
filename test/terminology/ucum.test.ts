/** Units by the grammar of UCUM. Cases after the tables of https://ucum.org/ucum */
import t from 'tap';
import { createTerminology } from '../../src/terminology/create-terminology.ts';
import { createUnitTest, ucumSystem } from '../../src/terminology/ucum.ts';
import { registry } from '../support/registry.ts';

const units = ['mg', 'mg/kg', 'mm[Hg]', '/min', '%', 'Cel', '{score}', '10*3/uL', '1', 'kg.m/s2'];
const noUnits = ['kgs', 'Mg/dl/', 'mmHg', 'minutes', '', 'x'.repeat(300)];

t.test('what the grammar makes is a unit, and nothing else', async (t) => {
  const isUnit = createUnitTest();
  for (const code of units) t.equal(isUnit(code), true, code);
  for (const code of noUnits) t.equal(isUnit(code), false, code);
  t.equal(isUnit('mg'), true, 'also the second time');
});

t.test('a value set of all units knows them', async (t) => {
  const terminology = createTerminology(registry());
  const all = 'http://hl7.org/fhir/ValueSet/ucum-units';
  for (const code of units) t.equal(terminology.contains(all, { system: ucumSystem, code }), 'member', code);
  for (const code of noUnits)
    t.equal(terminology.contains(all, { system: ucumSystem, code }), 'not-member', code);
  t.equal(terminology.contains(all, { system: 'urn:other', code: 'mg' }), 'not-member');
  t.same(terminology.lookup(ucumSystem, 'mmHg'), { found: false });
});
