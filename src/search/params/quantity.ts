/**
 * Quantity parameters: a number and, where the search names one, a unit. What is measured in UCUM units is compared in
 * canonical ones, so that 0.07 kg is found as 70 g; other units must be the very same.
 * https://hl7.org/fhir/R4/search.html#quantity
 *
 * A quantity is indexed once per name of its unit, `system|code` and, unless that is a UCUM code already, `|unit` and
 * `|code`. A search without a unit matches under any of them. In its canonical unit it is indexed under a name of its
 * own, apart from the numbers as they were given.
 */

import { isObject } from '../../fhir/resource.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import type { CanonicalUnit, CanonicalUnits } from '../../terminology/canonical-units.ts';
import { splitUnescaped, unescaped } from '../search-value.ts';
import { anyOf, invalidValue, type ParameterKind } from './kind.ts';
import { type NumberTerm, numberAlternatives, parseNumber } from './number.ts';
import { rangeNode } from './prefix.ts';

export interface QuantityTerm {
  readonly number: NumberTerm;
  /** Keys of the unit, any of which will do; undefined: any unit. */
  readonly units: readonly string[] | undefined;
  /** The number in the canonical unit, which then takes the place of the units. */
  readonly canonical: { readonly number: NumberTerm; readonly key: string } | undefined;
}

const ucum = 'http://unitsofmeasure.org';
const currencies = 'urn:iso:std:iso:4217';

export function quantityKind(canonicalUnits: CanonicalUnits): ParameterKind<QuantityTerm> {
  return {
    modifiers: [],
    index(values, name, _parameter, into) {
      for (const value of values) {
        const measured = measure(value);
        if (!measured) continue;
        for (const unit of unitKeys(measured.unit)) {
          into.quantities.push({ param: name, low: measured.low, high: measured.high, unit });
        }
        const { system, code } = measured.unit;
        const known = system === ucum && typeof code === 'string' ? canonicalUnits(code) : undefined;
        if (known) {
          const [low, high] = [known.canonical(measured.low), known.canonical(measured.high)];
          into.quantities.push({ param: canonicalName(name), low, high, unit: known.key });
        }
      }
    },
    parse(text, _modifier, parameter) {
      const [number = '', system = '', code = '', ...rest] = splitUnescaped(text, '|').map(unescaped);
      if (rest.length > 0 || (system !== '' && code === '')) {
        throw invalidValue(parameter, 'number, number|system|code or number||code');
      }
      const term = parseNumber(number, parameter);
      const known = system === ucum ? canonicalUnits(code) : undefined;
      const canonical = known && { number: converted(term, known), key: known.key };
      return { number: term, units: searchedUnits(system, code), canonical };
    },
    plan({ number, units, canonical }, name) {
      if (canonical) {
        return rangeNode(
          'quantity',
          canonicalName(name),
          numberAlternatives(canonical.number),
          canonical.key,
        );
      }
      const alternatives = numberAlternatives(number);
      if (!units) return rangeNode('quantity', name, alternatives);
      return anyOf(units.map((unit) => rangeNode('quantity', name, alternatives, unit)));
    },
  };
}

function canonicalName(name: string): string {
  return `${name}:canonical`;
}

function converted(term: NumberTerm, { canonical }: CanonicalUnit): NumberTerm {
  return {
    prefix: term.prefix,
    value: canonical(term.value),
    low: canonical(term.low),
    high: canonical(term.high),
    nearLow: canonical(term.nearLow),
    nearHigh: canonical(term.nearHigh),
  };
}

function searchedUnits(system: string, code: string): string[] | undefined {
  if (code === '') return undefined;
  return system === '' ? [`|${code}`, `${ucum}|${code}`] : [`${system}|${code}`];
}

interface Unit {
  readonly system: unknown;
  readonly code: unknown;
  readonly text: unknown;
}

interface Measured {
  readonly low: number;
  readonly high: number;
  readonly unit: Unit;
}

function unitKeys({ system, code, text }: Unit): Iterable<string> {
  const keys = new Set<string>();
  if (typeof code === 'string') {
    keys.add(`${typeof system === 'string' ? system : ''}|${code}`);
    if (system !== ucum) keys.add(`|${code}`);
  }
  if (typeof text === 'string' && !(system === ucum && text === code)) keys.add(`|${text}`);
  return keys.size > 0 ? keys : [''];
}

/** The interval a value stands for, and its unit. */
function measure({ type, value }: TypedValue): Measured | undefined {
  if (!isObject(value)) return undefined;
  if (type === 'Range') return measureRange(value);
  if (type === 'SampledData') return measureSamples(value);
  if (typeof value.value !== 'number') return undefined;
  if (type === 'Money') {
    const unit = { system: currencies, code: value.currency, text: undefined };
    return { low: value.value, high: value.value, unit };
  }
  const { comparator } = value;
  return {
    low: comparator === '<' || comparator === '<=' ? -Number.MAX_VALUE : value.value,
    high: comparator === '>' || comparator === '>=' ? Number.MAX_VALUE : value.value,
    unit: unitOf(value),
  };
}

function unitOf(quantity: Record<string, unknown>): Unit {
  return { system: quantity.system, code: quantity.code, text: quantity.unit };
}

function measureRange({ low, high }: Record<string, unknown>): Measured | undefined {
  const start = isObject(low) && typeof low.value === 'number' ? low.value : undefined;
  const end = isObject(high) && typeof high.value === 'number' ? high.value : undefined;
  if (start === undefined && end === undefined) return undefined;
  return {
    low: start ?? -Number.MAX_VALUE,
    high: end ?? Number.MAX_VALUE,
    unit: unitOf((start === undefined ? high : low) as Record<string, unknown>),
  };
}

/** From the least to the greatest sample. https://hl7.org/fhir/R4/datatypes.html#SampledData */
function measureSamples({ origin, factor, data }: Record<string, unknown>): Measured | undefined {
  if (!isObject(origin) || typeof origin.value !== 'number' || typeof data !== 'string') return undefined;
  const zero = origin.value;
  const step = typeof factor === 'number' ? factor : 1;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const sample of data.split(/\s+/)) {
    const point = zero + step * Number(sample);
    if (sample === '' || Number.isNaN(point)) continue;
    low = Math.min(low, point);
    high = Math.max(high, point);
  }
  return low <= high ? { low, high, unit: unitOf(origin) } : undefined;
}
