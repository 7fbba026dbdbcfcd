/** Doses that were given: by which route, how much in milligrams, when, in which session. */
import type {
  CodeableConcept,
  Medication,
  MedicationAdministration,
  MedicationRequest,
  MedicationStatement,
  Quantity,
} from '@medplum/fhirtypes';
import { systems } from './codes.ts';
import type { Course } from './course.ts';
import type { Session } from './session.ts';
import { instantAfter, instantOf } from './time.ts';

export type Route = 'iv' | 'im' | 'sublingual' | 'nasal' | 'oral' | 'subcutaneous';

const routeSystem = 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration';

/** Routes by code: HL7 v3 and SNOMED CT. */
const routes: Readonly<Record<string, Route>> = {
  [`${routeSystem}|IV`]: 'iv',
  [`${routeSystem}|IVINJ`]: 'iv',
  [`${routeSystem}|IM`]: 'im',
  [`${routeSystem}|SL`]: 'sublingual',
  [`${routeSystem}|BUC`]: 'sublingual',
  [`${routeSystem}|DISSOLVE`]: 'sublingual',
  [`${routeSystem}|NASINHL`]: 'nasal',
  [`${routeSystem}|NASALINSTIL`]: 'nasal',
  [`${routeSystem}|NASAL`]: 'nasal',
  [`${routeSystem}|PO`]: 'oral',
  [`${routeSystem}|SQ`]: 'subcutaneous',
  [`${systems.snomed}|47625008`]: 'iv',
  [`${systems.snomed}|78421000`]: 'im',
  [`${systems.snomed}|37839007`]: 'sublingual',
  [`${systems.snomed}|46713006`]: 'nasal',
  [`${systems.snomed}|26643006`]: 'oral',
  [`${systems.snomed}|34206005`]: 'subcutaneous',
};

/** Esketamine as a nasal product, in RxNorm and ATC. */
const esketamineCodes: ReadonlySet<string> = new Set(['2201623', '2201625', 'N06AX27']);

const milligramsIn: Readonly<Record<string, number>> = { ug: 0.001, mg: 1, g: 1000 };

export interface Dose {
  readonly administration: MedicationAdministration;
  /** `MedicationAdministration/id` */
  readonly reference: string;
  readonly route: Route | undefined;
  readonly milligrams: number | undefined;
  readonly medicine: CodeableConcept | undefined;
  readonly esketamine: boolean;
  /** Milliseconds since the epoch. */
  readonly start: number | undefined;
  readonly end: number | undefined;
}

const given: ReadonlySet<string> = new Set(['completed', 'in-progress', 'on-hold', 'stopped']);

/** The doses of a session in the order of their times. */
export async function dosesOf(session: Session, course: Course): Promise<Dose[]> {
  const parts = (await course.administrations()).filter(
    ({ partOf, status }) =>
      given.has(status ?? '') && partOf?.some(({ reference }) => reference === session.reference),
  );
  const doses = await Promise.all(parts.map((administration) => doseOf(administration, session, course)));
  return doses.sort((one, other) => (one.start ?? 0) - (other.start ?? 0));
}

async function doseOf(
  administration: MedicationAdministration,
  session: Session,
  course: Course,
): Promise<Dose> {
  const { dosage, effectivePeriod, effectiveDateTime, id } = administration;
  const medicine = await medicineOf(administration, course);
  return {
    administration,
    reference: `MedicationAdministration/${id}`,
    route: routeOf(dosage?.route),
    milligrams: milligramsOf(dosage?.dose),
    medicine,
    esketamine: medicine?.coding?.some(({ code = '' }) => esketamineCodes.has(code)) ?? false,
    ...timesOf(
      effectivePeriod?.start ?? effectiveDateTime,
      effectivePeriod?.end ?? effectiveDateTime,
      session,
    ),
  };
}

/** A dose that names but the day of its session was given in the medicine phase. */
function timesOf(
  from: string | undefined,
  until: string | undefined,
  { start, end, phase, zone }: Session,
): Pick<Dose, 'start' | 'end'> {
  const [first, last] = [instantOf(from, zone), instantAfter(until, zone)];
  const isDay = from?.length === 10 && first !== undefined && start !== undefined && last !== undefined;
  return isDay && first <= start && start <= last
    ? { start: phase?.start ?? start, end: phase?.end ?? end }
    : { start: first, end: last };
}

/** The route that a concept names in either system. */
export function routeOf(concept: CodeableConcept | undefined): Route | undefined {
  for (const { system, code } of concept?.coding ?? []) {
    const route = routes[`${system}|${code}`];
    if (route) return route;
  }
  return undefined;
}

/** A mass in milligrams; undefined when it is none. */
export function milligramsOf(quantity: Quantity | undefined): number | undefined {
  const unit = milligramsIn[quantity?.code ?? ''];
  return quantity?.value === undefined || unit === undefined ? undefined : quantity.value * unit;
}

/** Which medicine is meant, by its code or by the Medication that is named or contained. */
export async function medicineOf(
  {
    medicationCodeableConcept,
    medicationReference,
    contained,
  }: MedicationAdministration | MedicationRequest | MedicationStatement,
  course: Course,
): Promise<CodeableConcept | undefined> {
  const reference = medicationReference?.reference;
  if (medicationCodeableConcept || reference === undefined) return medicationCodeableConcept;
  const medication = reference.startsWith('#')
    ? contained?.find(({ id }) => id === reference.slice(1))
    : await course.read<Medication>(reference);
  return medication?.resourceType === 'Medication' ? substanceOf(medication) : undefined;
}

/** What a Medication is called, and what it holds: what a pharmacy makes up has often but ingredients. */
function substanceOf({ code, ingredient = [] }: Medication): CodeableConcept | undefined {
  const coding = [code, ...ingredient.map(({ itemCodeableConcept }) => itemCodeableConcept)].flatMap(
    (concept) => concept?.coding ?? [],
  );
  return coding.length === 0 ? code : { ...code, coding };
}
