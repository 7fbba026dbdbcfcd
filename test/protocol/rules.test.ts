import t from 'tap';
import { protocolRules } from '../../src/protocol/rules/rules.ts';
import {
  at,
  type CourseResources,
  check,
  concept,
  courseResources,
  deviation,
  firstSession,
  quantity,
  rulesThat,
} from '../support/course.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** The rules whose tests are here. */
const rules = protocolRules.filter(({ key }) => key <= 'R11');

interface Fault {
  readonly name: string;
  /** The rules that it touches, and no other. */
  readonly breaks: readonly string[];
  /** What a recorded deviation has to name. */
  readonly resource: string;
  readonly apply: (resources: CourseResources) => void;
}

const setPressure = (resource: { component: unknown }, systolic: number, diastolic: number) => {
  const [one, other] = resource.component as { valueQuantity: { value: number } }[];
  one!.valueQuantity.value = systolic;
  other!.valueQuantity.value = diastolic;
};

const faults: readonly Fault[] = [
  {
    name: 'no eligibility decision',
    breaks: ['R01'],
    resource: 'Procedure/medicine-1',
    apply: (all) => all.delete('Observation/decision'),
  },
  {
    name: 'a decision that says not eligible',
    breaks: ['R01'],
    resource: 'Procedure/medicine-1',
    apply: (all) => {
      all.get('Observation/decision').valueCodeableConcept = concept('kat-eligibility', 'not-eligible');
    },
  },
  {
    name: 'a preliminary decision',
    breaks: ['R01'],
    resource: 'Procedure/medicine-1',
    apply: (all) => {
      all.get('Observation/decision').status = 'preliminary';
    },
  },
  {
    name: 'a decision no longer valid',
    breaks: ['R01'],
    resource: 'Procedure/medicine-1',
    apply: (all) => {
      all.get('Observation/decision').extension = [
        {
          url: 'https://w3id.org/kat-fhir/StructureDefinition/kat-eligibility-valid-until',
          valueDate: '2026-05-31',
        },
      ];
    },
  },
  {
    name: 'conditions not met',
    breaks: ['R01'],
    resource: 'Procedure/medicine-1',
    apply: (all) => {
      all.get('Observation/decision').valueCodeableConcept = concept(
        'kat-eligibility',
        'conditionally-eligible',
      );
    },
  },
  {
    name: 'no consent',
    breaks: ['R02'],
    resource: 'Procedure/medicine-1',
    apply: (all) => all.delete('Consent/consent'),
  },
  {
    name: 'consent that ended before the last session',
    breaks: ['R02'],
    resource: 'Procedure/medicine-4',
    apply: (all) => {
      all.get('Consent/consent').provision = { period: { start: '2026-05-19', end: '2026-06-09' } };
    },
  },
  {
    name: 'preparation cancelled',
    breaks: ['R03'],
    resource: 'Procedure/medicine-1',
    apply: (all) => {
      all.get('Procedure/preparation-1').status = 'not-done';
    },
  },
  {
    name: 'one session more than planned',
    breaks: ['R04'],
    resource: 'Procedure/medicine-4',
    apply: (all) => {
      all.get('CarePlan/plan').extension[0].valuePositiveInt = 3;
    },
  },
  {
    name: 'the last session not integrated',
    breaks: ['R05'],
    resource: 'Procedure/medicine-4',
    apply: (all) => all.delete('Procedure/integration-4'),
  },
  {
    name: 'the last session integrated late',
    breaks: ['R05'],
    resource: 'Procedure/medicine-4',
    apply: (all) => {
      all.get('Procedure/integration-4').performedPeriod = { start: '2026-06-14T09:00:00Z' };
    },
  },
  {
    name: 'a session between two not integrated',
    breaks: ['R05', 'R06'],
    resource: 'Procedure/medicine-3',
    apply: (all) => all.delete('Procedure/integration-2'),
  },
  {
    name: 'numbers that do not rise',
    breaks: ['R06'],
    resource: 'Procedure/medicine-3',
    apply: (all) => {
      all.get('Procedure/medicine-3').extension[0].valuePositiveInt = 2;
    },
  },
  {
    name: 'a medicine phase of 100 minutes',
    breaks: ['R07'],
    resource: 'Procedure/medicine-2',
    apply: (all) => {
      const { valuePeriod } = all.get('Procedure/medicine-2').extension[1];
      valuePeriod.end = at(Date.parse(valuePeriod.start) + (100 * hour) / 60);
    },
  },
  {
    name: 'a session of 100 minutes',
    breaks: ['R07'],
    resource: 'Procedure/medicine-2',
    apply: (all) => {
      const { performedPeriod } = all.get('Procedure/medicine-2');
      performedPeriod.end = at(Date.parse(performedPeriod.start) + (100 * hour) / 60);
    },
  },
  {
    name: 'no pulse before discharge',
    breaks: ['R08'],
    resource: 'Procedure/medicine-2',
    apply: (all) => all.delete('Observation/pulse-2-pre-discharge'),
  },
  {
    name: 'a pulse before discharge that could not be obtained',
    breaks: ['R08'],
    resource: 'Procedure/medicine-2',
    apply: (all) => {
      const pulse = all.get('Observation/pulse-2-pre-discharge');
      pulse.valueQuantity = undefined;
      pulse.dataAbsentReason = { text: 'The probe had come off.' };
    },
  },
  {
    name: 'oxygen taken too early to count for the medicine phase',
    breaks: ['R08'],
    resource: 'Procedure/medicine-2',
    apply: (all) => {
      all.get('Observation/oxygen-2-during').effectiveDateTime = at(firstSession + 3 * day + hour * 0.6);
    },
  },
  {
    name: 'a weight two months old',
    breaks: ['R08'],
    resource: 'Procedure/medicine-1',
    apply: (all) => {
      all.get('Observation/weight').effectiveDateTime = at(firstSession - 60 * day);
    },
  },
  {
    name: 'a pressure that asks for a decision',
    breaks: ['R09'],
    resource: 'MedicationAdministration/dose-2',
    apply: (all) => setPressure(all.get('Observation/pressure-2-baseline'), 140, 80),
  },
  {
    name: 'a pressure that forbids the dose',
    breaks: ['R09'],
    resource: 'MedicationAdministration/dose-2',
    apply: (all) => setPressure(all.get('Observation/pressure-2-baseline'), 150, 100),
  },
  {
    name: 'a rise during the session',
    breaks: ['R09'],
    resource: 'Observation/pressure-2-during',
    apply: (all) => setPressure(all.get('Observation/pressure-2-during'), 162, 80),
  },
  {
    name: 'no therapist',
    breaks: ['R10'],
    resource: 'Procedure/medicine-2',
    apply: (all) => all.get('Procedure/medicine-2').performer.shift(),
  },
  {
    name: 'a therapist from outside the team',
    breaks: ['R10'],
    resource: 'Procedure/medicine-2',
    apply: (all) => {
      all.get('Procedure/medicine-2').performer[0].actor.reference = 'Practitioner/someone';
    },
  },
  {
    name: 'no monitor',
    breaks: ['R10'],
    resource: 'Procedure/medicine-2',
    apply: (all) => all.get('Procedure/medicine-2').performer.pop(),
  },
  {
    name: 'an order by somebody who is no prescriber',
    breaks: ['R10'],
    resource: 'MedicationAdministration/dose-2',
    apply: (all) => {
      all.get('MedicationRequest/order').requester.reference = 'Practitioner/tess';
    },
  },
  {
    name: 'a dose above the range by weight',
    breaks: ['R11'],
    resource: 'MedicationAdministration/dose-1',
    apply: (all) => {
      for (const number of [1, 2, 3, 4])
        all.get(`MedicationAdministration/dose-${number}`).dosage.dose = quantity(106, 'mg');
    },
  },
  {
    name: 'a dose by weight that does not agree',
    breaks: ['R11'],
    resource: 'MedicationAdministration/dose-2',
    apply: (all) => {
      all.get('MedicationAdministration/dose-2').dosage.extension = [
        {
          url: 'https://w3id.org/kat-fhir/StructureDefinition/kat-dose-per-weight',
          valueQuantity: quantity(0.6, 'mg/kg'),
        },
      ];
    },
  },
  {
    name: 'a dose that more than doubles',
    breaks: ['R11'],
    resource: 'MedicationAdministration/dose-3',
    apply: (all) => {
      all.get('MedicationAdministration/dose-3').dosage.dose = quantity(71, 'mg');
    },
  },
  {
    name: 'an infusion of 20 minutes',
    breaks: ['R11'],
    resource: 'MedicationAdministration/dose-2',
    apply: (all) => {
      const { effectivePeriod } = all.get('MedicationAdministration/dose-2');
      effectivePeriod.end = at(Date.parse(effectivePeriod.start) + hour / 3);
    },
  },
];

t.test('a course that keeps the protocol breaks no rule', async (t) => {
  t.same(await rulesThat('fail', courseResources(), { rules }), []);
  t.same(
    await rulesThat('pass', courseResources(), { rules }),
    rules.map(({ key }) => key),
  );
});

for (const fault of faults) {
  t.test(`${fault.name}: broken, and overridden once somebody answers for it`, async (t) => {
    const resources = courseResources();
    fault.apply(resources);
    t.same(await rulesThat('fail', resources, { rules }), fault.breaks);

    const key = fault.breaks.at(-1)!;
    const recorded = deviation(key, fault.resource);
    resources.set('DetectedIssue/deviation', recorded);
    const { verdicts } = (await check(resources, { rules })).find(({ rule }) => rule.key === key)!;
    t.ok(verdicts.some(({ status }) => status === 'overridden'));
    resources.set('DetectedIssue/deviation', { ...recorded, mitigation: [] });
    const unsigned = (await check(resources, { rules })).find(({ rule }) => rule.key === key)!;
    t.notOk(unsigned.verdicts.some(({ status }) => status === 'overridden'));
  });
}

t.test('every rule has a course that breaks it', async (t) => {
  const broken = new Set(faults.flatMap(({ breaks }) => breaks));
  t.same(
    rules.map(({ key }) => key).filter((key) => !broken.has(key)),
    [],
  );
});
