/**
 * A course of therapy as the rules see it: the Procedure of the whole course, its sessions, and what hangs on them and
 * on the patient. Each part is read when a rule first asks for it, once.
 */
import type {
  AdverseEvent,
  AllergyIntolerance,
  CarePlan,
  CareTeam,
  Condition,
  Consent,
  DetectedIssue,
  DocumentReference,
  Encounter,
  MedicationAdministration,
  MedicationRequest,
  MedicationStatement,
  Observation,
  Patient,
  PlanDefinition,
  Procedure,
  QuestionnaireResponse,
  Resource,
  Task,
} from '@medplum/fhirtypes';
import { once } from '../core/once.ts';
import { hasCode, isObservationOf, type PatientObservation, patientObservations, systems } from './codes.ts';
import type { ResourceReader } from './resource-reader.ts';
import { type Session, sessionOf } from './session.ts';

const survey = 'http://terminology.hl7.org/CodeSystem/observation-category|survey';

export interface Course {
  readonly procedure: Procedure;
  /** `Procedure/id` of the course. */
  readonly reference: string;
  /** `Patient/id` */
  readonly subject: string;
  patient(): Promise<Patient | undefined>;
  /** What a local reference names, read once. */
  read<T extends Resource>(reference: string): Promise<T | undefined>;
  /** On a write: whether it writes the session, its visit, or something that names either; else every session is. */
  readonly isTouched: (session: Session) => boolean;
  /** Preparation, medicine and integration, by number and then by time; those entered in error left out. */
  sessions(): Promise<readonly Session[]>;
  carePlan(): Promise<CarePlan | undefined>;
  /** Those of the patient, and those that the plan names without saying whose they are. */
  careTeams(): Promise<readonly CareTeam[]>;
  /** What the plan instantiates. */
  protocol(): Promise<PlanDefinition | undefined>;
  /** Visits of the sessions, by reference. */
  encounters(): Promise<ReadonlyMap<string, Encounter>>;
  /** Those that are part of a medicine session. */
  administrations(): Promise<readonly MedicationAdministration[]>;
  /** Observations that are part of a session. */
  sessionObservations(): Promise<readonly Observation[]>;
  /** Observations of the patient of a kind, part of a session or not. */
  observations(kind: PatientObservation): Promise<readonly Observation[]>;
  /** Observations of the patient that come of asking: scores among them. */
  surveys(): Promise<readonly Observation[]>;
  /** Completed and amended responses of the patient. */
  responses(): Promise<readonly QuestionnaireResponse[]>;
  orders(): Promise<readonly MedicationRequest[]>;
  consents(): Promise<readonly Consent[]>;
  conditions(): Promise<readonly Condition[]>;
  allergies(): Promise<readonly AllergyIntolerance[]>;
  medications(): Promise<readonly MedicationStatement[]>;
  adverseEvents(): Promise<readonly AdverseEvent[]>;
  tasks(): Promise<readonly Task[]>;
  notes(): Promise<readonly DocumentReference[]>;
  /** Recorded deviations from the protocol. */
  deviations(): Promise<readonly DetectedIssue[]>;
}

/** Whether a Procedure is that of a whole course. */
export function isCourse(procedure: Procedure): boolean {
  return hasCode(procedure.code, systems.sessionType, 'course');
}

/**
 * @param procedure that of a whole course
 * @param isTouched on a write: whether it touches a session; visits and observations of others are not read
 */
export function courseOf(
  procedure: Procedure,
  reader: ResourceReader,
  protocolByUrl: ProtocolByUrl,
  isTouched: (session: Session) => boolean = () => true,
): Course {
  const reference = `Procedure/${procedure.id}`;
  const subject = procedure.subject?.reference ?? '';
  const ofPatient = (parameter = 'patient') => [[parameter, subject] as const];

  const sessions = once(async () => {
    const parts = await reader.find<Procedure>('Procedure', [['part-of', reference]]);
    return parts
      .filter(({ status }) => status !== 'entered-in-error')
      .flatMap((part) => sessionOf(part) ?? [])
      .sort((one, other) => (one.start ?? 0) - (other.start ?? 0) || one.number - other.number);
  });
  const touched = once(async () => (await sessions()).filter(isTouched));
  /** What is part of any of the sessions. */
  const partsOf = async <T extends Resource>(type: T['resourceType'], of: readonly Session[]) =>
    of.length === 0
      ? []
      : reader.find<T>(type, [['part-of', of.map((session) => session.reference).join(',')]]);
  const carePlan = once(async () => {
    for (const { reference: plan } of procedure.basedOn ?? []) {
      if (plan?.startsWith('CarePlan/')) return reader.read<CarePlan>(plan);
    }
    return undefined;
  });
  const known = new Map<string, Promise<Resource | undefined>>();
  /** In one search: each rule asks for a kind of its own. */
  const coded = once(() =>
    reader.find<Observation>('Observation', [
      ...ofPatient(),
      ['code', Object.values(patientObservations).flat().join(',')],
    ]),
  );

  return {
    procedure,
    reference,
    subject,
    isTouched,
    sessions,
    carePlan,
    read<T extends Resource>(named: string) {
      const reading = known.get(named) ?? reader.read(named);
      known.set(named, reading);
      return reading as Promise<T | undefined>;
    },
    patient: once(() => reader.read<Patient>(subject)),
    careTeams: once(async () => {
      const teams = [...(await reader.find<CareTeam>('CareTeam', ofPatient()))];
      const found = new Set(teams.map(({ id }) => `CareTeam/${id}`));
      for (const { reference: named = '' } of (await carePlan())?.careTeam ?? []) {
        const team =
          named.startsWith('CareTeam/') && !found.has(named) ? await reader.read<CareTeam>(named) : undefined;
        // One that says whose it is was found, or is another's: that is for R19 to say.
        if (team && team.subject === undefined) teams.push(team);
      }
      return teams;
    }),
    protocol: once(async () => {
      const [canonical] = (await carePlan())?.instantiatesCanonical ?? [];
      return canonical === undefined ? undefined : protocolByUrl(canonical);
    }),
    encounters: once(async () => {
      const ids = [
        ...new Set((await touched()).flatMap(({ procedure: { encounter } }) => encounter?.reference ?? [])),
      ];
      const visits =
        ids.length === 0 ? [] : await reader.find<Encounter>('Encounter', [['_id', ids.map(idOf).join(',')]]);
      return new Map(visits.map((visit) => [`Encounter/${visit.id}`, visit]));
    }),
    administrations: once(async () =>
      partsOf<MedicationAdministration>(
        'MedicationAdministration',
        (await sessions()).filter(({ kind }) => kind === 'medicine'),
      ),
    ),
    sessionObservations: once(async () => partsOf<Observation>('Observation', await touched())),
    observations: async (kind) => (await coded()).filter(({ code }) => isObservationOf(kind, code)),
    surveys: once(() => reader.find<Observation>('Observation', [...ofPatient(), ['category', survey]])),
    responses: once(async () => {
      const all = await reader.find<QuestionnaireResponse>('QuestionnaireResponse', ofPatient());
      return all.filter(({ status }) => status === 'completed' || status === 'amended');
    }),
    orders: once(() => reader.find<MedicationRequest>('MedicationRequest', ofPatient())),
    consents: once(() => reader.find<Consent>('Consent', ofPatient())),
    conditions: once(() => reader.find<Condition>('Condition', ofPatient())),
    allergies: once(() => reader.find<AllergyIntolerance>('AllergyIntolerance', ofPatient())),
    medications: once(() => reader.find<MedicationStatement>('MedicationStatement', ofPatient())),
    adverseEvents: once(() => reader.find<AdverseEvent>('AdverseEvent', ofPatient('subject'))),
    tasks: once(() => reader.find<Task>('Task', ofPatient())),
    notes: once(() => reader.find<DocumentReference>('DocumentReference', ofPatient())),
    deviations: once(async () => {
      const issues = await reader.find<DetectedIssue>('DetectedIssue', ofPatient());
      return issues.filter(
        ({ status = '', code }) => !withdrawn.has(status) && hasSystem(code, systems.rule),
      );
    }),
  };
}

const withdrawn: ReadonlySet<string> = new Set(['entered-in-error', 'cancelled']);

/** The PlanDefinition of a canonical URL, with or without a version; undefined when it is not known. */
export type ProtocolByUrl = (canonical: string) => Promise<PlanDefinition | undefined>;

const idOf = (reference: string) => reference.slice(reference.indexOf('/') + 1);

const hasSystem = (concept: DetectedIssue['code'], system: string) =>
  concept?.coding?.some((coding) => coding.system === system) ?? false;
