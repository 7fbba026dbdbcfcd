/** Rules that are not evaluated where they can be seen to hold are still broken by what breaks them. */
import t from 'tap';
import { validator } from './parts.ts';

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
