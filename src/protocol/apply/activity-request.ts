/**
 * The request that an activity of a plan becomes for one subject: an order, a prescription or a task, still a draft.
 * https://hl7.org/fhir/R4/activitydefinition-operation-apply.html
 */
import type {
  ActivityDefinition,
  CodeableConcept,
  Questionnaire,
  Reference,
  Timing,
} from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
import { planFinding } from './finding.ts';

/** Who and what the requests are for: the parameters of the operation. */
export interface RequestParties {
  readonly subject: Reference;
  readonly encounter: Reference | undefined;
  /** Who asks for it. */
  readonly requester: Reference | undefined;
  /** When it was asked for; undefined as long as nothing is stored, so that the same question has the same answer. */
  readonly authored: string | undefined;
  /** The plans that it belongs to. */
  readonly basedOn: readonly Reference[];
}

/** When it is due, as texts of FHIR. */
export interface Occurrence {
  readonly start: string;
  readonly end: string | undefined;
}

/** What a plan's step says of the request besides its definition. */
export interface StepWords {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** The step of the plan. */
  readonly uri?: string | undefined;
  readonly priority?: string | undefined;
}

type Json = Record<string, unknown>;
type Definition = ActivityDefinition | Questionnaire | undefined;

interface Material {
  readonly definition: Definition;
  readonly activity: Partial<ActivityDefinition>;
  readonly parties: RequestParties;
  readonly words: StepWords;
}

/** What differs between the kinds of request. */
interface RequestKind {
  elements(material: Material): Json;
  due(occurrence: Occurrence): Json;
}

const kinds: Readonly<Record<string, RequestKind>> = {
  ServiceRequest: {
    elements: ({ activity, parties }) => ({
      ...common(parties, activity, 'subject'),
      code: activity.code,
      doNotPerform: activity.doNotPerform,
      quantityQuantity: activity.quantity,
      bodySite: activity.bodySite,
      locationReference: activity.location && [activity.location],
      performerType: roles(activity)[0],
    }),
    due: (occurrence) => dated(occurrence),
  },
  Task: {
    elements: ({ definition, activity, parties, words }) => ({
      ...common(parties, activity, 'for'),
      code: activity.code ?? (words.title === undefined ? undefined : { text: words.title }),
      description: words.description ?? words.title ?? activity.description,
      performerType: several(roles(activity)),
      location: activity.location,
      input: several(
        formsOf(definition).map((url) => ({ type: { text: 'Questionnaire' }, valueCanonical: url })),
      ),
    }),
    due: ({ start, end }) => ({ restriction: { period: { start, ...(end === undefined ? {} : { end }) } } }),
  },
  MedicationRequest: {
    elements: ({ activity, parties }) => ({
      ...common(parties, activity, 'subject'),
      doNotPerform: activity.doNotPerform,
      medicationReference: activity.productReference,
      medicationCodeableConcept: activity.productReference
        ? undefined
        : (activity.productCodeableConcept ?? activity.code),
      performerType: roles(activity)[0],
      dosageInstruction: activity.dosage,
    }),
    // A prescription has no time of its own: the plan's group says when it is due.
    due: () => ({}),
  },
  CommunicationRequest: {
    elements: ({ activity, parties, words }) => {
      const { intent: _, ...rest } = common(parties, activity, 'subject');
      return {
        ...rest,
        doNotPerform: activity.doNotPerform,
        payload: [
          { contentString: words.description ?? activity.description ?? words.title ?? activity.title },
        ],
      };
    },
    due: (occurrence) => dated(occurrence),
  },
  DeviceRequest: {
    elements: ({ activity, parties }) => ({
      ...common(parties, activity, 'subject'),
      codeCodeableConcept: activity.productCodeableConcept ?? activity.code,
      performerType: roles(activity)[0],
    }),
    due: (occurrence) => dated(occurrence),
  },
};

/** Elements that are a list in most kinds and one in a task. */
const singleInTask = ['instantiatesCanonical', 'instantiatesUri'] as const;

/**
 * @param id of the contained resource; undefined for one that stands alone
 * @param at where the definition is asked for
 */
export function activityRequest(
  id: string | undefined,
  definition: Definition,
  parties: RequestParties,
  words: StepWords,
  at: string,
  issues: Issue[],
): Resource {
  const activity: Partial<ActivityDefinition> =
    definition?.resourceType === 'ActivityDefinition' ? definition : {};
  if (activity.transform !== undefined) issues.push(planFinding('apply-transform', at));
  const wanted = activity.kind ?? 'Task';
  const kind = kinds[wanted] ?? kinds.Task!;
  const resourceType = kinds[wanted] ? wanted : 'Task';
  if (resourceType !== wanted) issues.push(planFinding('apply-kind', at));
  const canonical = definition?.url && canonicalOf(definition.url, definition.version);
  const elements: Json = {
    ...(activity.profile && resourceType === wanted ? { meta: { profile: [activity.profile] } } : {}),
    instantiatesCanonical: canonical && [canonical],
    instantiatesUri: words.uri && [words.uri],
    priority: words.priority ?? activity.priority,
    ...kind.elements({ definition, activity, parties, words }),
  };
  if (resourceType === 'Task')
    for (const name of singleInTask)
      if (Array.isArray(elements[name])) elements[name] = (elements[name] as unknown[])[0];
  if (resourceType === 'CommunicationRequest') for (const name of singleInTask) delete elements[name];
  const present = Object.entries(elements).filter(([, value]) => value !== undefined);
  return { resourceType, ...(id === undefined ? {} : { id }), ...Object.fromEntries(present) };
}

/**
 * Says in a request when it is due.
 * @param timing when the plan gives one, for what is due again and again
 */
export function dateRequest(request: Resource, occurrence: Occurrence, timing?: Timing): void {
  const repeats = timing !== undefined && timed.has(request.resourceType);
  const due = repeats ? { occurrenceTiming: timing } : kinds[request.resourceType]?.due(occurrence);
  // What a dynamic value has set stays.
  const isDated = Object.keys(request).some((key) => key.startsWith('occurrence') || key === 'restriction');
  if (!isDated) Object.assign(request, due);
}

const timed: ReadonlySet<string> = new Set(['ServiceRequest', 'DeviceRequest']);

/** `url|version` */
export function canonicalOf(url: string, version: string | undefined): string {
  return version === undefined ? url : `${url}|${version}`;
}

function common(
  { subject, encounter, requester, authored, basedOn }: RequestParties,
  activity: Partial<ActivityDefinition>,
  subjectName: 'subject' | 'for',
): Json {
  return {
    basedOn: several(basedOn),
    status: 'draft',
    intent: activity.intent ?? 'plan',
    [subjectName]: subject,
    encounter,
    authoredOn: authored,
    requester,
  };
}

function dated({ start, end }: Occurrence): Json {
  return end === undefined ? { occurrenceDateTime: start } : { occurrencePeriod: { start, end } };
}

function roles({ participant = [] }: Partial<ActivityDefinition>): CodeableConcept[] {
  return participant.flatMap(({ role }) => role ?? []);
}

/** Forms that are to be filled in. */
function formsOf(definition: Definition): string[] {
  if (definition?.resourceType === 'Questionnaire')
    return definition.url === undefined ? [] : [canonicalOf(definition.url, definition.version)];
  return (definition?.relatedArtifact ?? []).flatMap(({ type, resource }) =>
    type === 'depends-on' && resource?.includes('/Questionnaire/') ? resource : [],
  );
}

function several<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
