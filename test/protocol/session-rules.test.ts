/** The rules from R12 on: a fault each, and the recorded deviation that overrides it. */
import t from 'tap';
import { protocolRules } from '../../src/protocol/rules/rules.ts';
import { type CourseResources, concept, courseResources, deviation, rulesThat } from '../support/course.ts';

const only = (key: string) => ({ rules: protocolRules.filter((rule) => rule.key === key) });

const faults: readonly (readonly [string, string, string, (all: CourseResources) => void])[] = [
  [
    'R12',
    'a visit that ends too soon',
    'Procedure/medicine-2',
    (all) => {
      all.get('Encounter/visit-medicine-2').period.end = '2026-06-04T10:00:00Z';
    },
  ],
  [
    'R15',
    'a dose above its order',
    'MedicationAdministration/dose-2',
    (all) => {
      all.get('MedicationAdministration/dose-2').dosage.dose.value = 36;
    },
  ],
  [
    'R17',
    'a number left out',
    'Procedure/medicine-3',
    (all) => {
      all.delete('Procedure/medicine-2');
    },
  ],
  [
    'R19',
    'a dose of another patient',
    'MedicationAdministration/dose-1',
    (all) => {
      all.get('MedicationAdministration/dose-1').subject = { reference: 'Patient/other' };
    },
  ],
  [
    'R20',
    'a serious event that nobody reviewed',
    'Procedure/medicine-2',
    (all) => {
      all.set('AdverseEvent/event', {
        resourceType: 'AdverseEvent',
        id: 'event',
        actuality: 'actual',
        subject: { reference: 'Patient/pat' },
        event: { coding: [{ system: 'http://snomed.info/sct', code: '1023001' }] },
        date: '2026-06-01T10:00:00Z',
      });
    },
  ],
  [
    'R22',
    'a note without its label',
    'DocumentReference/note',
    (all) => {
      all.set('DocumentReference/note', {
        resourceType: 'DocumentReference',
        id: 'note',
        status: 'current',
        subject: { reference: 'Patient/pat' },
        type: concept('kat-document-type', 'psychotherapy-note'),
      });
    },
  ],
];

for (const [key, name, resource, apply] of faults)
  t.test(`${key}: ${name}`, async (t) => {
    const resources = courseResources();
    t.same(await rulesThat('fail', resources, only(key)), [], 'the course keeps the rule');
    apply(resources);
    t.same(await rulesThat('fail', resources, only(key)), [key], 'the fault breaks it');
    resources.set('DetectedIssue/deviation', deviation(key, resource));
    t.same(await rulesThat('overridden', resources, only(key)), [key], 'a deviation overrides it');
  });
