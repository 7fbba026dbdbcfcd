/**
 * Parameters that shape the answer rather than select: `_count`, `_sort`, `_total`, `_summary`.
 * https://hl7.org/fhir/R4/search.html#return
 */
import { type FhirError, refuse } from '../core/fhir-error.ts';
import type { Registry } from '../fhir/registry.ts';
import type { ParameterType } from './parameter.ts';
import type { SortKey } from './plan.ts';
import type { SearchRequest, Subset } from './search-request.ts';
import type { TypeParameters } from './type-parameters.ts';

export const defaultCount = 50;
export const maximumCount = 1000;
/** The store orders by as many. */
const maximumSortKeys = 8;

/** Answered elsewhere, or without effect on which resources are found. */
export const notConditions: ReadonlySet<string> = new Set(['_format', '_pretty']);

/** What is known of the shape so far. */
export interface Shape {
  sort: SortKey[];
  count: number;
  total: SearchRequest['total'];
  countOnly: boolean;
  subset?: Subset;
}

/** Reads one of these parameters into the shape; answers with the value that was really applied. */
export type ResultParameter = (
  value: string,
  shape: Shape,
  parameters: TypeParameters,
  context: ElementContext,
) => string;

export interface ElementContext {
  readonly registry: Registry;
  readonly resourceType: string;
}

export const resultParameters: Readonly<Record<string, ResultParameter>> = {
  _count(value, shape) {
    if (!/^\d{1,9}$/.test(value))
      throw refuse('invalid-parameter', "'_count' takes a whole number, 0 or more");
    shape.count = Math.min(Number(value), maximumCount);
    // To ask for no entries is to ask for their number.
    if (shape.count === 0) shape.countOnly = true;
    return String(shape.count);
  },
  _total(value, shape) {
    if (value !== 'none' && value !== 'estimate' && value !== 'accurate') {
      throw refuse('invalid-parameter', "'_total' takes none, estimate or accurate");
    }
    shape.total = value;
    return value;
  },
  _summary(value, shape) {
    if (value === 'count') shape.countOnly = true;
    else if (value !== 'false') {
      const by = summaries[value];
      if (!by) throw refuse('invalid-parameter', "'_summary' takes true, text, data, count or false");
      takeSubset(shape, { by });
    }
    return value;
  },
  _elements(value, shape, _parameters, context) {
    takeSubset(shape, { by: 'elements', names: elementNames(value, context) });
    return value;
  },
  _sort(value, shape, parameters) {
    shape.sort.push(...value.split(',').map((key) => sortKey(key.trim(), parameters)));
    if (shape.sort.length > maximumSortKeys) {
      throw refuse('invalid-parameter', `'_sort' takes at most ${maximumSortKeys} keys`);
    }
    return value;
  },
};

const summaries: Readonly<Record<string, 'summary' | 'text' | 'data'>> = {
  true: 'summary',
  text: 'text',
  data: 'data',
};

function takeSubset(shape: Shape, subset: Subset): void {
  if (shape.subset)
    throw refuse('invalid-parameter', "'_summary' and '_elements' are given once, one of them");
  shape.subset = subset;
}

/** `status,code` or, for one type of several in the answer, `Observation.status`. */
function elementNames(value: string, { registry, resourceType }: ElementContext) {
  const names = new Map<string, Set<string>>();
  for (const text of value.split(',').map((part) => part.trim())) {
    const dot = text.indexOf('.');
    const owner = dot < 0 ? '' : text.slice(0, dot);
    const type = registry.model.type(owner === '' ? resourceType : owner);
    const name = text.slice(dot + 1);
    const property =
      type?.kind === 'resource' ? (type.property(name) ?? type.key(name)?.property) : undefined;
    if (!type || !property) {
      const known = type?.kind === 'resource' ? type.properties.map((one) => one.name).join(', ') : '';
      throw refuse('unknown-parameter', `'_elements' takes names of elements: ${known}`);
    }
    names.set(owner, (names.get(owner) ?? new Set()).add(property.name));
  }
  return names;
}

const sortedBy: Readonly<Record<ParameterType, SortKey['by'] | undefined>> = {
  date: 'date',
  number: 'number',
  quantity: 'quantity',
  string: 'string',
  token: 'value',
  reference: 'value',
  uri: 'value',
  composite: undefined,
  special: undefined,
};

function sortKey(text: string, parameters: TypeParameters): SortKey {
  const descending = text.startsWith('-');
  const code = descending ? text.slice(1) : text;
  if (code === '_id') return { by: 'id', descending };
  if (code === '_lastUpdated') return { by: 'updated', descending };
  const parameter = parameters.get(code);
  const by = parameter && sortedBy[parameter.type];
  // A union has no rows of its own to be put in order by; a value is read from the resource.
  const ordered = by === 'value' || parameter?.indexedAs[0]?.code === code;
  if (!by || !ordered) throw unsortable(parameters);
  return { by, param: parameter.name, descending };
}

function unsortable(parameters: TypeParameters): FhirError {
  const sortable = [...parameters.values()]
    .filter(
      ({ type, indexedAs, code }) =>
        sortedBy[type] && (sortedBy[type] === 'value' || indexedAs[0]?.code === code),
    )
    .map(({ code }) => code);
  return refuse('unknown-parameter', `'_sort' takes, separated by commas, any of: ${sortable.join(', ')}`);
}
