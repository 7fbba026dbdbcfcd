/**
 * The oracle: whether a resource matches one search parameter, decided naively from the resource itself. Written apart
 * from the search code: values come from fhirpath.js, comparisons are spelled out as the specification says them.
 * https://hl7.org/fhir/R4/search.html
 */
import { createRequire } from 'node:module';
import type { SearchParameter } from '@medplum/fhirtypes';
import type { Resource } from '../../src/fhir/resource.ts';

const load = createRequire(import.meta.url);
const fhirpath = load('fhirpath') as typeof import('fhirpath');
const r4 = load('fhirpath/fhir-context/r4') as import('fhirpath').Model;

// biome-ignore lint/suspicious/noExplicitAny: the oracle walks resources as they come
type Any = any;

export interface Found {
  readonly type: string;
  readonly value: Any;
}

export interface Question {
  readonly definition: SearchParameter;
  readonly modifier: string | undefined;
  /** The alternatives, escapes already resolved: each a list of the parts between bars. */
  readonly values: readonly (readonly string[])[];
}

export interface Surroundings {
  readonly bases: readonly string[];
  readonly now: number;
  /** A search parameter by its URL: what composites are made of. */
  definitionAt(url: string): SearchParameter | undefined;
  /** The code system that a code element draws from. */
  systemOf(path: string, code: string): string | undefined;
}

const asType = /\(([\w.]+) as (\w+)\)/g;

const remembered = new WeakMap<Resource, Map<SearchParameter, Found[]>>();

/** What a search expression finds, with types; remembered, since resources are asked the same over and over. */
export function find(resource: Resource, definition: SearchParameter): Found[] {
  const byDefinition = remembered.get(resource) ?? new Map<SearchParameter, Found[]>();
  remembered.set(resource, byDefinition);
  let found = byDefinition.get(definition);
  if (!found) {
    found = findAnew(resource, definition);
    byDefinition.set(definition, found);
  }
  return found;
}

function findAnew(resource: Resource, definition: SearchParameter): Found[] {
  const members = (definition.expression ?? '').split(' | ').filter((member) => {
    const start = /^\(*([A-Z]\w*)/.exec(member.trim())?.[1];
    return start === undefined || ['Resource', 'DomainResource', resource.resourceType].includes(start);
  });
  return members.flatMap((member) => {
    const expression = member
      .replace(asType, '$1.ofType($2)')
      .replace(/\.as\(/g, '.ofType(')
      .replace(/hasExtension\(([^)]*)\)/, 'extension($1).exists()');
    // fhirpath.js takes what `resolve()` returns for an untyped object: the target is judged here.
    const [, path = '', type] = /^(.*)\.where\(resolve\(\) is (\w+)\)$/.exec(expression.trim()) ?? [
      '',
      expression,
    ];
    const nodes = fhirpath.evaluate(resource, path, { resource }, r4, {
      async: false,
      resolveInternalTypes: false,
    }) as Any[];
    const found = nodes.flatMap((node) => foundAt(node));
    return type === undefined ? found : found.filter(({ value }) => targetOf(value, resource) === type);
  });
}

function foundAt(node: Any): Found[] {
  const type = (fhirpath.types([node])[0] ?? '').replace(/^\w+\./, '');
  const path = typeof node?.path === 'string' ? node.path : type;
  const raw = node !== null && typeof node === 'object' && 'data' in node ? node.data : node;
  const value = typeof raw === 'bigint' || type === 'decimal' || type === 'integer' ? Number(raw) : raw;
  if (value === null || value === undefined) return [];
  if (type === 'Extension') {
    const key = Object.keys(value).find((name) => name.startsWith('value'));
    return key ? [{ type: key[5]!.toLowerCase() + key.slice(6), value: value[key] }].map(capital) : [];
  }
  return [{ type: type === 'code' ? `code ${path}` : type, value }];
}

function capital(found: Found): Found {
  const complex = typeof found.value === 'object';
  return complex ? { ...found, type: found.type[0]!.toUpperCase() + found.type.slice(1) } : found;
}

/** The type a reference is to, from its text or its `type`. */
function targetOf({ reference, type }: Any, resource: Resource): string | undefined {
  if (typeof reference !== 'string') return type;
  if (!reference.startsWith('#')) return typeInText(reference) ?? type;
  return ((resource.contained as Any[]) ?? []).find((other) => `#${other.id}` === reference)?.resourceType;
}

function typeInText(reference: string): string | undefined {
  const parts = reference.split('/_history/')[0]!.split('/');
  const type = parts.at(-2);
  return parts.length >= 2 && /^[A-Z][A-Za-z]+$/.test(type!) ? type : undefined;
}

/** Whether a resource matches. */
export function matches(resource: Resource, question: Question, around: Surroundings): boolean {
  const { definition, modifier, values } = question;
  if (definition.code === '_id') {
    if (modifier === 'missing') return values[0]![0] === 'false';
    const hit = values.some(([id]) => id === resource.id);
    return modifier === 'not' ? !hit : hit;
  }
  if (definition.type === 'composite') {
    return values.some(([text = '']) => matchesComposite(resource, definition, text, around));
  }
  const found = find(resource, definition);
  if (modifier === 'missing') return (found.length === 0) === (values[0]![0] === 'true');
  const hit = values.some((parts) => found.some((one) => matchesOne(one, parts, question, around)));
  return modifier === 'not' ? !hit : hit;
}

function matchesOne(
  found: Found,
  parts: readonly string[],
  question: Question,
  around: Surroundings,
): boolean {
  const { definition, modifier } = question;
  switch (definition.type) {
    case 'token':
      return matchesToken(found, parts, modifier, around);
    case 'string':
      return textsIn(found).some((text) => matchesText(text, parts[0]!, modifier));
    case 'uri':
      return matchesUri(found, parts.join('|'), modifier);
    case 'reference':
      return matchesReference(found, parts, question, around);
    case 'number':
      return matchesInterval({ low: found.value, high: found.value }, parts[0]!);
    case 'quantity':
      return matchesQuantity(found, parts);
    case 'date':
      return matchesDate(found, parts[0]!, around);
    default:
      throw new Error(`the oracle knows no ${definition.type}`);
  }
}

/* Composites */

/** @param text `code$value`, still escaped */
function matchesComposite(
  resource: Resource,
  definition: SearchParameter,
  text: string,
  around: Surroundings,
): boolean {
  const texts = text.match(/(?:\\.|[^$\\])+/g) ?? [];
  const members = (definition.expression ?? '').split(' | ').map((member) => member.trim());
  return members.some((member) =>
    (fhirpath.evaluate(resource, member, {}, r4, { async: false }) as Any[]).some((base) =>
      (definition.component ?? []).every(({ definition: url = '', expression = '' }, i) => {
        const part = around.definitionAt(url)!;
        const parts = (texts[i] ?? '').split(/(?<!\\)\|/).map((one) => one.replace(/\\([\\,|$])/g, '$1'));
        const question = { definition: part, modifier: undefined, values: [parts] };
        return findWithin(base, member, expression).some((one) => matchesOne(one, parts, question, around));
      }),
    ),
  );
}

/** @param path where the base was found */
function findWithin(base: Any, path: string, expression: string): Found[] {
  return expression.split('|').flatMap((member) => {
    const corrected = member.trim().replace(/\.as\(/g, '.ofType(');
    const nodes = fhirpath.evaluate(base, { base: path, expression: corrected }, {}, r4, {
      async: false,
      resolveInternalTypes: false,
    }) as Any[];
    return nodes.flatMap(foundAt);
  });
}

/* Tokens */

function codesIn(
  { type, value }: Found,
  around: Surroundings,
): { system?: string; code?: string; folded?: boolean }[] {
  if (type.startsWith('code ')) {
    const system = around.systemOf(type.slice(5), value);
    return [{ code: value }, ...(system ? [{ system, code: value }] : [])];
  }
  if (type === 'string' || type === 'markdown') return [{ code: value, folded: true }];
  if (typeof value !== 'object') return [{ code: String(value) }];
  if (type === 'CodeableConcept') return value.coding ?? [];
  if (type === 'Identifier') return [{ system: value.system, code: value.value }];
  if (type === 'ContactPoint') return [{ code: value.value, folded: true }];
  return [value];
}

function matchesToken(
  found: Found,
  parts: readonly string[],
  modifier: string | undefined,
  around: Surroundings,
) {
  const { type, value } = found;
  if (modifier === 'text') {
    const texts = [
      ...(type === 'Identifier' ? [value.type?.text] : []),
      ...(type === 'Coding' ? [value.display] : []),
      ...(type === 'CodeableConcept'
        ? [value.text, ...(value.coding ?? []).map((coding: Any) => coding.display)]
        : []),
    ];
    return texts.some((text) => typeof text === 'string' && matchesText(text, parts[0]!, undefined));
  }
  if (modifier === 'of-type') {
    if (type !== 'Identifier') return false;
    const [system, code, id] = parts;
    const typed = (value.type?.coding ?? []).some(
      (coding: Any) => coding.system === system && coding.code === code,
    );
    return typed && value.value === id;
  }
  return codesIn(found, around).some((coding) => {
    const equal = (one: string | undefined, other: string) =>
      one !== undefined && (coding.folded ? plain(one) === plain(other) : one === other);
    if (parts.length === 1) return equal(coding.code, parts[0]!);
    const [system, code] = parts as [string, string];
    if (code === '') return coding.system === system;
    return equal(coding.code, code) && (system === '' ? !coding.system : coding.system === system);
  });
}

/* Strings and URIs */

function plain(text: string): string {
  const bare = [...text.normalize('NFKD')].filter((character) => !/\p{M}/u.test(character)).join('');
  return bare.toLowerCase().split(/\s+/).filter(Boolean).join(' ');
}

function matchesText(text: string, wanted: string, modifier: string | undefined): boolean {
  if (modifier === 'exact') return text === wanted;
  if (modifier === 'contains') return plain(text).includes(plain(wanted));
  return plain(text).startsWith(plain(wanted));
}

function textsIn({ type, value }: Found): string[] {
  if (typeof value === 'string') return [value];
  if (type === 'HumanName') {
    const { text, family, given, prefix, suffix } = value;
    return [text, family, given, prefix, suffix].flat().filter(Boolean);
  }
  if (type === 'Address') {
    const { text, line, city, district, state, postalCode, country } = value;
    return [text, line, city, district, state, postalCode, country].flat().filter(Boolean);
  }
  return typeof value?.text === 'string' ? [value.text] : [];
}

function matchesUri({ type, value }: Found, wanted: string, modifier: string | undefined): boolean {
  if (modifier === 'below') return value.startsWith(wanted);
  if (modifier === 'above') {
    return (
      wanted === value ||
      wanted.startsWith(value.endsWith('/') ? value : `${value}/`) ||
      wanted === `${value}/`
    );
  }
  return value === wanted || (type === 'canonical' && value.split('|')[0] === wanted);
}

/* References */

function matchesReference(
  found: Found,
  parts: readonly string[],
  question: Question,
  around: Surroundings,
): boolean {
  const { definition, modifier } = question;
  const { value } = found;
  if (modifier === 'identifier') {
    return (
      value.identifier !== undefined &&
      matchesToken({ type: 'Identifier', value: value.identifier }, parts, undefined, around)
    );
  }
  const own = (text: string): string => {
    const base = around.bases.find((one) => text.startsWith(`${one}/`));
    return base ? text.slice(base.length + 1) : text;
  };
  const actual: string =
    typeof value === 'string'
      ? own(value)
      : value.reference !== undefined
        ? own(value.reference)
        : value.resourceType
          ? `${value.resourceType}/${value.id}`
          : '';
  if (actual === '' || actual.startsWith('#')) return false;
  const [wantedText, wantedVersion] = [own(parts[0]!), parts[1]];
  if (!/[/:]/.test(wantedText)) {
    const [type, id, ...rest] = actual.split('/_history/')[0]!.split('/');
    const types = modifier ? [modifier] : (definition.target ?? []);
    const allowed = types.length !== 1 || types[0] === type;
    return rest.length === 0 && id === wantedText && allowed;
  }
  if (wantedVersion !== undefined) return actual.split('#')[0] === `${wantedText}|${wantedVersion}`;
  const unversioned = actual.split('|')[0]!.split('#')[0]!;
  return unversioned === wantedText || unversioned.split('/_history/')[0] === wantedText;
}

/* Ordered values */

const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'];

function withPrefix(text: string): [string, string] {
  return prefixes.includes(text.slice(0, 2)) ? [text.slice(0, 2), text.slice(2)] : ['eq', text];
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Decimal rounding takes the noise of binary fractions away. */
const tidy = (value: number): number => Number(value.toPrecision(13));

function matchesInterval({ low, high }: Interval, text: string): boolean {
  const [prefix, digits] = withPrefix(text);
  const value = Number(digits);
  const [mantissa = '', exponent] = digits.toLowerCase().split('e');
  const decimals = mantissa.split('.')[1]?.length ?? 0;
  // The table of the specification: `1e2` is 95 to 105, and `100` is 99.5 to 100.5.
  const last = exponent === undefined ? 10 ** -decimals : 10 ** (Number(exponent) - decimals - 1);
  const from = tidy(value - last / 2);
  const to = tidy(value + last / 2);
  const near = tidy(Math.abs(value) * 0.1);
  switch (prefix) {
    case 'eq':
      return low >= from && high < to;
    case 'ne':
      return !(low >= from && high < to);
    case 'gt':
      return high > value;
    case 'lt':
      return low < value;
    case 'ge':
      return high >= value;
    case 'le':
      return low <= value;
    case 'sa':
      return low > value;
    case 'eb':
      return high < value;
    default:
      return low <= tidy(value + near) && high >= tidy(value - near);
  }
}

const ucum = 'http://unitsofmeasure.org';

/** Masses are converted, other units compared as they are. */
export function inGrams(code: string | undefined): number | undefined {
  return { pg: 1e-12, ug: 1e-6, mg: 1e-3, g: 1, kg: 1e3, '[lb_av]': 453.59237 }[code ?? ''];
}

function matchesQuantity({ type, value }: Found, [number, system, code]: readonly string[]): boolean {
  const infinity = Number.POSITIVE_INFINITY;
  let interval: Interval;
  let unit = value;
  if (type === 'Range') {
    if (value.low?.value === undefined && value.high?.value === undefined) return false;
    interval = { low: value.low?.value ?? -infinity, high: value.high?.value ?? infinity };
    unit = value.low?.value === undefined ? value.high : value.low;
  } else if (type === 'SampledData') {
    const samples = (value.data ?? '')
      .split(' ')
      .map(Number)
      .filter((sample: number) => !Number.isNaN(sample));
    if (samples.length === 0) return false;
    const points = samples.map((sample: number) => value.origin.value + sample * (value.factor ?? 1));
    interval = { low: Math.min(...points), high: Math.max(...points) };
    unit = value.origin;
  } else {
    if (value.value === undefined) return false;
    interval = {
      low: ['<', '<='].includes(value.comparator) ? -infinity : value.value,
      high: ['>', '>='].includes(value.comparator) ? infinity : value.value,
    };
  }
  if (type === 'Money') unit = { system: 'urn:iso:std:iso:4217', code: value.currency };
  if (code !== undefined && code !== '') {
    const wanted = system === ucum ? inGrams(code) : undefined;
    const given = unit.system === ucum ? inGrams(unit.code) : undefined;
    if (wanted !== undefined && given !== undefined) {
      const scale = (bound: number) => (Number.isFinite(bound) ? tidy((bound * given) / wanted) : bound);
      return matchesInterval({ low: scale(interval.low), high: scale(interval.high) }, number!);
    }
    const sameUnit = system
      ? unit.system === system && unit.code === code
      : unit.code === code || unit.unit === code;
    if (!sameUnit) return false;
  }
  return matchesInterval(interval, number!);
}

/** The first and the last millisecond (plus one) of a date, by adding to its fields. */
function periodOf(text: string): Interval {
  const [day = '', time] = text.split('T');
  const [year = '', month, date] = day.split('-');
  if (!time) {
    const low = Date.parse(`${year}-${month ?? '01'}-${date ?? '01'}T00:00:00Z`);
    const end = new Date(low);
    if (date) end.setUTCDate(end.getUTCDate() + 1);
    else if (month) end.setUTCMonth(end.getUTCMonth() + 1);
    else end.setUTCFullYear(end.getUTCFullYear() + 1);
    return { low, high: end.getTime() };
  }
  const zone = /(Z|[+-]\d\d:\d\d)$/.exec(time)?.[1] ?? 'Z';
  const clock = time.replace(/(Z|[+-]\d\d:\d\d)$/, '');
  const [, , seconds] = clock.split(':');
  const fraction = seconds?.split('.')[1];
  const low = Date.parse(`${day}T${seconds ? clock : `${clock}:00`}${zone}`);
  const width =
    seconds === undefined ? 60000 : fraction === undefined ? 1000 : Math.max(1, 10 ** (3 - fraction.length));
  return { low, high: low + width };
}

function spanOf({ type, value }: Found): Interval | undefined {
  if (['date', 'dateTime', 'instant'].includes(type)) return periodOf(value);
  if (type === 'Period') {
    if (!value.start && !value.end) return undefined;
    return {
      low: value.start ? periodOf(value.start).low : Number.NEGATIVE_INFINITY,
      high: value.end ? periodOf(value.end).high : Number.POSITIVE_INFINITY,
    };
  }
  if (type !== 'Timing') return undefined;
  const spans = (value.event ?? []).map(periodOf);
  const bounds = value.repeat?.boundsPeriod && spanOf({ type: 'Period', value: value.repeat.boundsPeriod });
  if (bounds) spans.push(bounds);
  if (spans.length === 0) return undefined;
  return {
    low: Math.min(...spans.map((span: Interval) => span.low)),
    high: Math.max(...spans.map((span: Interval) => span.high)),
  };
}

function matchesDate(found: Found, text: string, around: Surroundings): boolean {
  const span = spanOf(found);
  if (!span) return false;
  const [prefix, date] = withPrefix(text);
  const wanted = periodOf(date);
  const contained = span.low >= wanted.low && span.high <= wanted.high;
  switch (prefix) {
    case 'eq':
      return contained;
    case 'ne':
      return !contained;
    case 'gt':
      return span.high > wanted.high;
    case 'lt':
      return span.low < wanted.low;
    case 'ge':
      return span.high > wanted.high || contained;
    case 'le':
      return span.low < wanted.low || contained;
    case 'sa':
      return span.low >= wanted.high;
    case 'eb':
      return span.high <= wanted.low;
    default: {
      const margin = Math.floor(Math.abs(around.now - wanted.low) / 10);
      return span.low < wanted.high + margin && span.high > wanted.low - margin;
    }
  }
}
