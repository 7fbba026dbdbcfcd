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
export type ResultParameter = (value: string, shape: Shape, context: AnswerContext) => string;

export interface AnswerContext {
  readonly registry: Registry;
  /** The types searched. */
  readonly types: readonly string[];
  readonly parametersOf: (resourceType: string) => TypeParameters;
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
  _elements(value, shape, context) {
    takeSubset(shape, { by: 'elements', names: elementNames(value, context) });
    return value;
  },
  _sort(value, shape, context) {
    shape.sort.push(...value.split(',').map((key) => sortKey(key.trim(), context)));
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
function elementNames(value: string, { registry, types }: AnswerContext) {
  const names = new Map<string, Set<string>>();
  for (const text of value.split(',').map((part) => part.trim())) {
    const dot = text.indexOf('.');
    const owner = dot < 0 ? '' : text.slice(0, dot);
    const name = text.slice(dot + 1);
    const owners = (owner === '' ? types : [owner]).flatMap((type) => resourceModel(registry, type));
    const found = owners.flatMap((type) => type.property(name) ?? type.key(name)?.property ?? []);
    if (found.length === 0) {
      const known = owners[0]?.properties.map((property) => property.name).join(', ') ?? '';
      throw refuse('unknown-parameter', `'_elements' takes names of elements: ${known}`);
    }
    const set = names.get(owner) ?? new Set();
    for (const property of found) set.add(property.name);
    names.set(owner, set);
  }
  return names;
}

function resourceModel(registry: Registry, name: string) {
  const type = registry.model.type(name);
  return type?.kind === 'resource' ? [type] : [];
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

/** A parameter that all of the types have orders by the values it finds in each. */
function sortKey(text: string, context: AnswerContext): SortKey {
  const descending = text.startsWith('-');
  const code = descending ? text.slice(1) : text;
  if (code === '_id') return { by: 'id', descending };
  if (code === '_lastUpdated') return { by: 'updated', descending };
  const found = context.types.map((type) => context.parametersOf(type).get(code));
  const by = found[0] && sortedBy[found[0].type];
  const parameters = found.filter((parameter) => parameter && sortedBy[parameter.type] === by);
  if (!by || parameters.length < found.length) throw unsortable(context);
  // Values that have rows are looked up under the names they are indexed by; others are read from the resource.
  const params =
    by === 'value'
      ? [parameters[0]!.name]
      : parameters.flatMap((parameter) => parameter!.indexedAs.map(({ name }) => name));
  return { by, params, descending };
}

function unsortable({ types, parametersOf }: AnswerContext): FhirError {
  const [first, ...others] = types.map((type) => parametersOf(type));
  const sortable = [...(first?.values() ?? [])]
    .filter(({ type, code }) => sortedBy[type] && others.every((parameters) => parameters.has(code)))
    .map(({ code }) => code);
  return refuse('unknown-parameter', `'_sort' takes, separated by commas, any of: ${sortable.join(', ')}`);
}
