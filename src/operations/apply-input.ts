/**
 * What the operations $apply are asked: which definition, for whom, in whose name, and from when. The same for
 * PlanDefinition and ActivityDefinition. https://hl7.org/fhir/R4/plandefinition-operation-apply.html
 */
import type { Resource as AnyResource, Reference } from '@medplum/fhirtypes';
import { FhirError, refuse } from '../core/fhir-error.ts';
import { hasErrors } from '../core/issue.ts';
import type { Resource } from '../fhir/resource.ts';
import type { RequestContext, Services } from '../interactions/interaction.ts';
import { createResourceReader } from '../interactions/protocol-reader.ts';
import { requirePresent } from '../interactions/read.ts';
import type { RequestParties } from '../protocol/apply/activity-request.ts';
import { type Calendar, calendarFrom } from '../protocol/apply/calendar.ts';
import type { Resolve } from '../protocol/apply/plan-step.ts';
import { type GivenParameter, givenValue, givenValues } from './read-parameters.ts';

export interface ApplyInput<Definition> {
  readonly definition: Definition;
  readonly subjects: readonly Resource[];
  readonly calendar: Calendar;
  /** Of one of the subjects. */
  readonly partiesOf: (subject: Resource) => RequestParties;
  /** `%encounter`, `%practitioner`, `%organization`, where they are known here; `%userType` and its like. */
  readonly variables: Readonly<Record<string, unknown>>;
}

const people = ['encounter', 'practitioner', 'organization'] as const;

/** Who asks, and where: for the expressions of the definition, which alone can make something of them. */
const circumstances = ['userType', 'userLanguage', 'userTaskContext', 'setting', 'settingContext'] as const;

/**
 * @param type of the definition
 * @param id of the definition that is asked; empty at the level of the type
 * @throws FhirError 400 for what is missing, said twice or not known; 404 for a definition that is not there; 422
 *   for one that is not valid
 */
export async function applyInput<Definition extends AnyResource>(
  services: Services,
  { baseUrl }: RequestContext,
  type: 'PlanDefinition' | 'ActivityDefinition',
  id: string,
  parameters: readonly GivenParameter[],
): Promise<ApplyInput<Definition>> {
  const definition = await definitionAsked(services, type, id, parameters);
  const subjects: Resource[] = [];
  for (const text of givenValues<string>(parameters, 'subject'))
    subjects.push(await requireKnown(services, baseUrl, 'subject', text));
  const [encounter, practitioner, organization] = people.map((name) =>
    referenceOf(baseUrl, name, givenValue<string>(parameters, name)),
  );
  // What is not given is empty, not unknown: an expression may ask whether it is there.
  const variables: Record<string, unknown> = Object.fromEntries(
    [...people, ...circumstances].map((name) => [name, []]),
  );
  for (const [index, reference] of [encounter, practitioner, organization].entries()) {
    const known = reference && (await stored(services, reference.reference!));
    if (known) variables[people[index]!] = known;
  }
  for (const name of circumstances) {
    const value = givenValue<unknown>(parameters, name);
    if (value !== undefined) variables[name] = value;
  }
  const today = new Date(services.clock.now()).toISOString().slice(0, 10);
  const calendar = calendarFrom(givenValue<string>(parameters, 'startDate') ?? today);
  if (!calendar) throw refuse('invalid-parameter', 'The parameter startDate is no date');
  return {
    definition: definition as unknown as Definition,
    subjects,
    calendar,
    variables,
    partiesOf: (subject) => ({
      subject: { reference: `${subject.resourceType}/${subject.id}` },
      encounter,
      requester: practitioner ?? organization,
      authored: undefined,
      basedOn: [],
    }),
  };
}

/** Definitions by canonical, those of the guide among them. */
export function createResolve(services: Services): Resolve {
  const reader = createResourceReader(services, services.store);
  return async (canonical) => {
    const [url = '', version] = canonical.split('|');
    const type = ['ActivityDefinition', 'PlanDefinition', 'Questionnaire'].find((name) =>
      url.includes(`/${name}/`),
    );
    const types = type === undefined ? ['ActivityDefinition', 'PlanDefinition', 'Questionnaire'] : [type];
    for (const one of types) {
      const found = await reader.find<AnyResource>(one as AnyResource['resourceType'], [
        ['url', url],
        ...(version === undefined ? [] : [['version', version] as const]),
      ]);
      const newest = found.toSorted((a, b) => versionOf(b).localeCompare(versionOf(a)))[0];
      if (newest) return newest;
    }
    return undefined;
  };
}

/** The resource that a parameter names. @throws FhirError 400 when it is not here */
export async function requireKnown(
  services: Services,
  baseUrl: string,
  name: string,
  text: string,
): Promise<Resource> {
  const reference = referenceOf(baseUrl, name, text)!.reference!;
  const found = await stored(services, reference);
  if (!found) throw refuse('invalid-parameter', `What the parameter ${name} names is not known here`);
  return found;
}

async function definitionAsked(
  services: Services,
  type: 'PlanDefinition' | 'ActivityDefinition',
  id: string,
  parameters: readonly GivenParameter[],
): Promise<Resource> {
  const given = givenValue<Resource>(parameters, `${type.charAt(0).toLowerCase()}${type.slice(1)}`);
  const url = givenValue<string>(parameters, 'url');
  if (id !== '') {
    if (given !== undefined || url !== undefined)
      throw refuse('invalid-parameter', 'The definition is the one asked: none other is given beside it');
    const { body } = requirePresent(await services.store.read(type, id));
    return JSON.parse(body) as Resource;
  }
  if ((given === undefined) === (url === undefined))
    throw refuse('invalid-parameter', 'One definition is needed: as a resource, or by its url');
  if (given) {
    const wrong = services.validator.validate(given).filter((issue) => hasErrors([issue]));
    if (wrong.length > 0) throw new FhirError(422, wrong);
    return given;
  }
  const found = await createResolve(services)(url!);
  if (found?.resourceType !== type) throw refuse('not-found', 'No definition of that url is known here');
  return found as unknown as Resource;
}

function referenceOf(baseUrl: string, name: string, text: string | undefined): Reference | undefined {
  if (text === undefined) return undefined;
  const local = text.startsWith(`${baseUrl}/`) ? text.slice(baseUrl.length + 1) : text;
  if (!/^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.test(local))
    throw refuse('invalid-parameter', `The parameter ${name} takes a reference of this server, Type/id`);
  return { reference: local };
}

async function stored({ store }: Services, reference: string): Promise<Resource | undefined> {
  const [type = '', id = ''] = reference.split('/');
  const version = await store.read(type, id);
  return version?.body === undefined ? undefined : (JSON.parse(version.body) as Resource);
}

function versionOf(resource: AnyResource): string {
  return (resource as { version?: string }).version ?? '';
}
