/** Values in UCUM units as values in canonical ones. */
import t from 'tap';
import { createCanonicalUnits } from '../../src/terminology/canonical-units.ts';

const unitOf = createCanonicalUnits();
const canonical = (value: number, code: string) => {
  const unit = unitOf(code)!;
  return [unit.canonical(value), unit.key];
};

t.test('equal amounts are equal, to the digit', (t) => {
  const same: [number, string, number, string][] = [
    [70.1, 'kg', 70100, 'g'],
    [0.5, 'mg/kg', 500, 'ug/kg'],
    [1, 'h', 60, 'min'],
    [5.4, 'mmol/L', 5400, 'umol/L'],
    [37, 'Cel', 98.6, '[degF]'],
    [120, 'mm[Hg]', 12, 'cm[Hg]'],
    [27, '{score}', 27, '1'],
    [50, '%', 0.5, '1'],
    [3, '10*3/uL', 3, '10*9/L'],
  ];
  for (const [value, code, other, otherCode] of same) {
    t.same(canonical(value, code), canonical(other, otherCode), `${value} ${code}`);
  }
  t.end();
});

t.test('what is measured differs', (t) => {
  t.not(unitOf('mg')!.key, unitOf('mm')!.key);
  t.not(unitOf('mm[Hg]')!.key, unitOf('mm')!.key);
  t.end();
});

t.test('order is kept, open ends stay open', (t) => {
  for (const code of ['kg', 'Cel', '[degF]', '/min']) {
    const unit = unitOf(code)!;
    t.ok(unit.canonical(-1) < unit.canonical(0) && unit.canonical(0) < unit.canonical(2.5), code);
    t.equal(unit.canonical(Number.MAX_VALUE), Number.MAX_VALUE);
  }
  t.end();
});

t.test('there is none for a code that UCUM does not have, nor for a scale that runs backwards', (t) => {
  for (const code of ['', 'milligram', 'x'.repeat(1000), '[pH]'])
    t.equal(unitOf(code), undefined, code.slice(0, 9));
  t.end();
});

t.test('what is no unit is not written to the console', (t) => {
  const written = t.capture(console, 'log');
  for (const code of ['no unit', 'xyz', '', '[no', 'mg/', '5 mg']) t.equal(unitOf(code), undefined, code);
  t.same(written(), []);
  t.end();
});
