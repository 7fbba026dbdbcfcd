import t from 'tap';
import { compareVersions } from '../../src/fhir/compare-versions.ts';

const ascending: readonly (readonly [string | undefined, string | undefined])[] = [
  ['1.9.0', '1.10.0'],
  ['1.9', '1.9.1'],
  ['4.0.1-ballot', '4.0.1'],
  ['5.3.0-ballot', '5.3.0-ballot2'],
  ['2018-08-12', '2019-01-01'],
  ['2.0.0-alpha.2', '2.0.0-alpha.10'],
  [undefined, '0.0.1'],
];

t.test('orders versions by their parts', async (t) => {
  for (const [older, newer] of ascending) {
    t.ok(compareVersions(older, newer) < 0, `${older} before ${newer}`);
    t.ok(compareVersions(newer, older) > 0, `${newer} after ${older}`);
  }
  t.equal(compareVersions('1.0', '1.0'), 0);
  t.equal(compareVersions(undefined, undefined), 0);
});
