/**
 * Courses of therapy for tests of the rules: a course that keeps every rule, laid out from a plain description, its
 * resources open to any fault, and a reader over them that filters naively.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DetectedIssue, PlanDefinition, Resource, ValueSet } from '@medplum/fhirtypes';
import { checkCourse, type RuleReport } from '../../src/protocol/check-course.ts';
import { courseOf } from '../../src/protocol/course.ts';
import type { ResourceReader } from '../../src/protocol/resource-reader.ts';
import type { MemberOf, ProtocolRule } from '../../src/protocol/rule.ts';
import { ruleParameters } from '../../src/protocol/rule-parameters.ts';
import { protocolRules } from '../../src/protocol/rules/rules.ts';

const base = 'https://w3id.org/kat-fhir';
const ucum = 'http://unitsofmeasure.org';
const minute = 60_000;
const day = 24 * 60 * minute;

/** When medicine session 1 begins. */
export const firstSession = Date.parse('2026-06-01T09:00:00Z');

export interface CourseDescription {
  /** Medicine sessions, each integrated the next day; every third day one. */
  readonly sessions?: number;
  readonly planned?: number;
  readonly preparations?: number;
  readonly milligrams?: number;
  readonly kilograms?: number;
  readonly status?: 'in-progress' | 'completed';
}

/** Open for tests to bend: `id` to resource, e.g. `resources.get('Procedure/medicine-1')`. */
// biome-ignore lint/suspicious/noExplicitAny: a fault may break any type
export type CourseResources = Map<string, any>;

/** The resources of a course that keeps every rule. */
export function courseResources(description: CourseDescription = {}): CourseResources {
  const { sessions = 4, planned = sessions, preparations = 1, milligrams = 35, kilograms = 70 } = description;
  const resources: CourseResources = new Map();
  const add = (resource: Record<string, unknown>) =>
    resources.set(`${resource.resourceType}/${resource.id}`, resource);
  const subject = { reference: 'Patient/pat' };
  const performer = (code: string, id: string) => ({
    function: concept('kat-performer-function', code),
    actor: { reference: `Practitioner/${id}` },
  });
  add({ resourceType: 'Patient', id: 'pat', birthDate: '1984-03-18', gender: 'male' });
  add({
    resourceType: 'CareTeam',
    id: 'team',
    status: 'active',
    subject,
    participant: [
      { role: [concept('kat-performer-function', 'therapist')], member: { reference: 'Practitioner/tess' } },
      { role: [concept('kat-performer-function', 'prescriber')], member: { reference: 'Practitioner/paul' } },
      {
        role: [concept('kat-performer-function', 'medical-monitor')],
        member: { reference: 'Practitioner/mona' },
      },
    ],
  });
  add({
    resourceType: 'CarePlan',
    id: 'plan',
    status: 'active',
    intent: 'plan',
    subject,
    instantiatesCanonical: [`${base}/PlanDefinition/kat-protocol`],
    careTeam: [{ reference: 'CareTeam/team' }],
    extension: [
      { url: `${base}/StructureDefinition/kat-planned-medicine-sessions`, valuePositiveInt: planned },
    ],
  });
  add({
    resourceType: 'Observation',
    id: 'decision',
    status: 'final',
    code: concept('kat-observation', 'eligibility'),
    subject,
    effectiveDateTime: at(firstSession - 14 * day),
    valueCodeableConcept: concept('kat-eligibility', 'eligible'),
  });
  add({
    resourceType: 'Consent',
    id: 'consent',
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'treatment' }],
    },
    category: [loinc('59284-0')],
    patient: subject,
    dateTime: at(firstSession - 13 * day),
    policyRule: { text: 'Policy of the clinic' },
  });
  add({
    resourceType: 'MedicationRequest',
    id: 'order',
    status: 'active',
    intent: 'order',
    subject,
    requester: { reference: 'Practitioner/paul' },
    medicationCodeableConcept: ketamine,
    dosageInstruction: [{ route: intravenous, doseAndRate: [{ doseQuantity: quantity(milligrams, 'mg') }] }],
  });
  add({
    resourceType: 'Procedure',
    id: 'course',
    status: description.status ?? 'in-progress',
    code: concept('kat-session-type', 'course'),
    subject,
    basedOn: [{ reference: 'CarePlan/plan' }],
    performedPeriod: { start: at(firstSession - 10 * day) },
  });
  const session = (kind: string, number: number, start: number, minutes: number, more: object = {}) => {
    const visit = `visit-${kind}-${number}`;
    const { extension = [], performer: others = [] } = more as { extension?: object[]; performer?: object[] };
    add({
      resourceType: 'Encounter',
      id: visit,
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
      subject,
      period: { start: at(start), end: at(start + minutes * minute) },
    });
    add({
      resourceType: 'Procedure',
      id: `${kind}-${number}`,
      status: 'completed',
      category: concept('kat-phase', kind),
      code: concept('kat-session-type', kind),
      subject,
      partOf: [{ reference: 'Procedure/course' }],
      encounter: { reference: `Encounter/${visit}` },
      performedPeriod: { start: at(start), end: at(start + minutes * minute) },
      performer: [performer('therapist', 'tess'), ...others],
      extension: [
        { url: `${base}/StructureDefinition/kat-session-number`, valuePositiveInt: number },
        ...extension,
      ],
    });
  };
  for (let number = 1; number <= preparations; number++)
    session('preparation', number, firstSession - (10 - number) * day, 60);
  add(observation('weight', '29463-7', firstSession - day, { valueQuantity: quantity(kilograms, 'kg') }));
  for (let number = 1; number <= sessions; number++) {
    const start = firstSession + (number - 1) * 3 * day;
    const dose = start + 30 * minute;
    session('medicine', number, start, 180, {
      performer: [performer('medical-monitor', 'mona')],
      extension: [
        {
          url: `${base}/StructureDefinition/kat-medicine-phase`,
          valuePeriod: { start: at(dose), end: at(dose + 60 * minute) },
        },
      ],
    });
    add({
      resourceType: 'MedicationAdministration',
      id: `dose-${number}`,
      status: 'completed',
      partOf: [{ reference: `Procedure/medicine-${number}` }],
      subject,
      context: { reference: `Encounter/visit-medicine-${number}` },
      request: { reference: 'MedicationRequest/order' },
      medicationCodeableConcept: ketamine,
      effectivePeriod: { start: at(dose), end: at(dose + 40 * minute) },
      dosage: { route: intravenous, dose: quantity(milligrams, 'mg') },
    });
    const points: readonly (readonly [string, number])[] = [
      ['baseline', dose - 10 * minute],
      ['during', dose + 40 * minute],
      ['pre-discharge', dose + 130 * minute],
    ];
    for (const [point, time] of points) {
      const part = {
        partOf: [{ reference: `Procedure/medicine-${number}` }],
        extension: [
          {
            url: `${base}/StructureDefinition/kat-monitoring-point`,
            valueCodeableConcept: concept('kat-monitoring-point', point),
          },
        ],
      };
      add(
        observation(`pressure-${number}-${point}`, '85354-9', time, {
          ...part,
          component: [
            { code: loinc('8480-6'), valueQuantity: quantity(122, 'mm[Hg]') },
            { code: loinc('8462-4'), valueQuantity: quantity(78, 'mm[Hg]') },
          ],
        }),
      );
      add(
        observation(`pulse-${number}-${point}`, '8867-4', time, {
          ...part,
          valueQuantity: quantity(70, '/min'),
        }),
      );
      add(
        observation(`oxygen-${number}-${point}`, '2708-6', time, {
          ...part,
          valueQuantity: quantity(98, '%'),
        }),
      );
    }
    session('integration', number, start + day, 50, {
      extension: [
        {
          url: `${base}/StructureDefinition/kat-integrates`,
          valueReference: { reference: `Procedure/medicine-${number}` },
        },
      ],
    });
  }
  return resources;
}

/** A recorded deviation: who did what about the breach of a rule by a resource. */
export function deviation(rule: string, resource: string): DetectedIssue {
  return {
    resourceType: 'DetectedIssue',
    id: `deviation-${rule}`,
    status: 'final',
    code: concept('kat-rule', rule),
    patient: { reference: 'Patient/pat' },
    implicated: [{ reference: resource }],
    mitigation: [{ action: { text: 'Considered' }, author: { reference: 'Practitioner/paul' } }],
  };
}

export function concept(system: string, code: string) {
  return { coding: [{ system: `${base}/CodeSystem/${system}`, code }] };
}

export const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });

export const quantity = (value: number, code: string) => ({ value, unit: code, system: ucum, code });

/** An instant as FHIR writes it. */
export const at = (time: number): string => new Date(time).toISOString();

const ketamine = { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '6130' }] };
const intravenous = { coding: [{ system: 'http://snomed.info/sct', code: '47625008' }] };

const vitalSigns = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
};

const observation = (id: string, code: string, time: number, more: object) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: [vitalSigns],
  code: loinc(code),
  subject: { reference: 'Patient/pat' },
  effectiveDateTime: at(time),
  ...more,
});

const folder = join(import.meta.dirname, '..', '..', 'profiles', 'plan-definitions');

/** A protocol of the guide as it stands in its file. */
export function shippedProtocol(id = 'kat-protocol'): PlanDefinition {
  return JSON.parse(readFileSync(join(folder, `PlanDefinition-${id}.json`), 'utf8')) as PlanDefinition;
}

/** Whether a code is in a value set of the guide, by its file. */
const memberOf: MemberOf = (url, system, code) => {
  const name = `ValueSet-${url.slice(url.lastIndexOf('/') + 1)}.json`;
  const known =
    valueSets.get(name) ?? (JSON.parse(readFileSync(join(valueSetFolder, name), 'utf8')) as ValueSet);
  valueSets.set(name, known);
  return (known.compose?.include ?? []).some(
    (include) =>
      include.system === system &&
      (include.concept === undefined || include.concept.some((concept) => concept.code === code)),
  );
};
const valueSetFolder = join(import.meta.dirname, '..', '..', 'terminology', 'value-sets');
const valueSets = new Map<string, ValueSet>();

/** Finds by the search parameters that the rules use, by looking at every resource. */
export function readerOf(resources: CourseResources): ResourceReader {
  const referenced = (value: unknown): string[] =>
    (Array.isArray(value) ? value : [value]).flatMap((one) => one?.reference ?? []);
  const fields: Readonly<Record<string, readonly string[]>> = {
    'part-of': ['partOf'],
    patient: ['patient', 'subject', 'for'],
    subject: ['subject'],
  };
  return {
    read: async (reference) => structuredClone(resources.get(reference)),
    find: async <T extends Resource>(type: string, parameters: readonly (readonly [string, string])[]) =>
      [...resources.values()]
        .filter(({ resourceType }) => resourceType === type)
        .filter((resource) =>
          parameters.every(([name, value]) => {
            const asked = value.split(',');
            if (name === '_id') return asked.includes(resource.id);
            if (name === 'code' || name === 'category')
              return [resource[name] ?? []]
                .flat()
                .flatMap(({ coding = [] }) => coding)
                .some((coding: { system: string; code: string }) =>
                  asked.includes(`${coding.system}|${coding.code}`),
                );
            const places = fields[name];
            if (!places) throw new Error(`The reader of tests does not know the parameter ${name}`);
            return places.some((field) => referenced(resource[field]).some((one) => asked.includes(one)));
          }),
        )
        .map((resource) => structuredClone(resource) as T),
  };
}

export interface CheckOptions {
  readonly now?: number;
  readonly rules?: readonly ProtocolRule[];
  readonly protocol?: PlanDefinition;
}

/** The reports of the rules over the course among the resources. */
export async function check(resources: CourseResources, options: CheckOptions = {}): Promise<RuleReport[]> {
  const general = shippedProtocol();
  const course = courseOf(
    resources.get('Procedure/course'),
    readerOf(resources),
    async () => options.protocol,
  );
  return checkCourse(course, options.rules ?? protocolRules, {
    parameters: ruleParameters([options.protocol, general]),
    now: options.now ?? firstSession + 100 * day,
    memberOf,
    suicideItemOf: async ({ item = [] }) => item[0]?.answer?.[0]?.valueInteger,
  });
}

/** Keys of the rules with a verdict of a status. */
export async function rulesThat(
  status: string,
  resources: CourseResources,
  options: CheckOptions = {},
): Promise<string[]> {
  const reports = await check(resources, options);
  return reports
    .filter(({ verdicts }) => verdicts.some((verdict) => verdict.status === status))
    .map(({ rule }) => rule.key);
}
