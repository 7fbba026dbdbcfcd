/**
 * Observations from the answers to items that carry a code: one for each answer, joined as the form says.
 * https://hl7.org/fhir/uv/sdc/extraction.html#observation-based-extraction
 */
import { isObject, objectsOf } from '../../fhir/resource.ts';
import { formFinding } from '../finding.ts';
import { choiceOf, extensionValue } from '../form.ts';
import { readForm } from '../read-form.ts';
import type { Code } from '../score/instrument.ts';
import { instrumentOf, severityOf } from '../score/instruments.ts';
import { type Place, walkForm } from '../walk-form.ts';
import { answerIdentifier, earlierObservation, otherIdentifiers } from './earlier-observation.ts';
import { compact, type Extraction, type Json, newUrl, sdc } from './extraction.ts';
import { observationValue } from './observation-value.ts';

/** `true` stands alone, `member` and `component` belong to the Observation of the nearest item above. */
type Relation = boolean | 'member' | 'component';

interface State {
  /** What the items below do unless they say otherwise. */
  readonly inherited: Relation | undefined;
  readonly category: readonly unknown[];
  readonly parent: Parent | undefined;
}

/** The Observation of a group or question, made when there is something to put into it. */
interface Parent {
  component(component: Json): void;
  member(fullUrl: string): void;
}

const extractUrl = `${sdc}observationExtract`;
const scoreProfile = 'https://w3id.org/kat-fhir/StructureDefinition/kat-outcome-score';

export function extractObservations(extraction: Extraction): void {
  const { questionnaire, response, parts } = extraction;
  const start: State = {
    inherited: relationOf(questionnaire),
    category: categoriesOf(questionnaire),
    parent: undefined,
  };
  walkForm(readForm(questionnaire), response, parts, { state: start }, (place, state) => ({
    state: extractPlace(extraction, place, state),
  }));
}

function extractPlace(extraction: Extraction, place: Place, state: State): State {
  const { definition } = place.item;
  const { codes, relation } = codesOf(definition, relationOf(definition) ?? state.inherited);
  const own = categoriesOf(definition);
  const category = own.length > 0 ? own : state.category;
  // Being a member or a component is said of one item; what is below it stands alone unless it says otherwise.
  const inherited = relation === undefined || relation === false ? relation : true;
  if (!relation || codes.length === 0) return { inherited, category, parent: state.parent };

  const code = { coding: codes };
  const parent = relation === true ? undefined : state.parent;
  if (place.item.type === 'group') {
    const made = place.present
      ? groupParent(extraction, place.item.linkId, code, category, parent)
      : undefined;
    return { inherited, category, parent: made };
  }
  let last: Parent | undefined;
  for (const answer of place.answers) {
    const value = observationValue(place.item, answer);
    if (!value) {
      extraction.issues.push(formFinding('extract-value', answer.path, place.item.linkId));
    } else if (relation === 'component' && parent) {
      parent.component({ code, ...value });
    } else {
      const observation = make(extraction, place.item.linkId, code, category, {
        ...value,
        ...meaningOf(codes, value),
      });
      parent?.member(observation.fullUrl);
      last = parentOf(observation.resource);
    }
  }
  return { inherited, category, parent: last };
}

/** The Observation of a group: without a value of its own, there once it has a component or a member. */
function groupParent(
  extraction: Extraction,
  linkId: string,
  code: Json,
  category: readonly unknown[],
  above: Parent | undefined,
): Parent {
  let made: Parent | undefined;
  const present = (): Parent => {
    if (!made) {
      const { fullUrl, resource } = make(extraction, linkId, code, category, {});
      above?.member(fullUrl);
      made = parentOf(resource);
    }
    return made;
  };
  return {
    component: (component) => present().component(component),
    member: (fullUrl) => present().member(fullUrl),
  };
}

function parentOf(resource: Record<string, unknown>): Parent {
  const push = (key: string, value: unknown): void => {
    resource[key] = [...(Array.isArray(resource[key]) ? resource[key] : []), value];
  };
  return {
    component: (component) => push('component', component),
    member: (reference) => push('hasMember', { reference }),
  };
}

function make(
  extraction: Extraction,
  linkId: string,
  code: Json,
  category: readonly unknown[],
  { meta, ...more }: Json,
): { fullUrl: string; resource: Record<string, unknown> } {
  const { response, entries } = extraction;
  const { authored, author, id } = response;
  const own = answerIdentifier(extraction, linkId);
  const earlier = earlierObservation(extraction, own, code);
  // What was amended once does not become as it was first.
  const amended = response.status === 'amended' || earlier?.status === 'amended';
  const resource = compact({
    resourceType: 'Observation',
    id: earlier?.id,
    meta,
    identifier: own && [...otherIdentifiers(earlier), own],
    basedOn: response.basedOn,
    partOf: response.partOf,
    status: amended ? 'amended' : 'final',
    category: category.length > 0 ? category : undefined,
    code,
    subject: response.subject,
    encounter: response.encounter,
    effectiveDateTime: authored,
    issued: isInstant(authored) ? authored : undefined,
    performer: author === undefined ? undefined : [author],
    ...more,
    derivedFrom: id === undefined ? undefined : [{ reference: `QuestionnaireResponse/${id}` }],
  });
  const request =
    earlier === undefined
      ? { method: 'POST', url: 'Observation' }
      : { method: 'PUT', url: `Observation/${earlier.id}` };
  const entry = { fullUrl: newUrl(extraction), resource, request };
  entries.push(entry);
  return entry;
}

/** The profile of a total score, and the band it lies in. */
function meaningOf(codes: readonly Json[], { valueQuantity }: Json): Json {
  const instrument = codes
    .map((code) => instrumentOf(code as Partial<Code>))
    .find((one) => one !== undefined);
  const total = isObject(valueQuantity) ? valueQuantity.value : undefined;
  if (!instrument || typeof total !== 'number') return {};
  const severity = severityOf(instrument, total);
  return {
    meta: { profile: [scoreProfile] },
    ...(severity === undefined ? {} : { interpretation: [{ text: severity }] }),
  };
}

function relationOf(element: Json): Relation | undefined {
  const value = extensionValue(element, extractUrl);
  return value === true || value === false || value === 'member' || value === 'component' ? value : undefined;
}

/** The codes an Observation gets: those that are not left out, or only those that are named. */
function codesOf(
  definition: Json,
  relation: Relation | undefined,
): { codes: Record<string, unknown>[]; relation: Relation | undefined } {
  const codes = objectsOf(definition.code).map((code) => ({ code, says: relationOf(code) }));
  const named = codes.filter(({ says }) => says);
  const kept = named.length > 0 ? named : codes.filter(({ says }) => says !== false);
  return {
    codes: kept.map(({ code: { extension: _extension, ...code } }) => code),
    relation: named[0]?.says ?? relation,
  };
}

function categoriesOf(element: Json): unknown[] {
  return objectsOf(element.extension)
    .filter(({ url }) => url === `${sdc}observation-extract-category`)
    .flatMap((extension) => choiceOf(extension, 'value')?.value ?? []);
}

function isInstant(text: unknown): boolean {
  return typeof text === 'string' && /T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
}
