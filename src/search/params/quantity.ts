/**
 * Quantity parameters: a number and, where the search names one, a unit. What is measured in UCUM units is compared in
 * canonical ones, so that 0.07 kg is found as 70 g; other units must be the very same.
 * https://hl7.org/fhir/R4/search.html#quantity
 */

import { isObject } from '../../fhir/resource.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import type { CanonicalUnit, CanonicalUnits } from '../../terminology/canonical-units.ts';
import type { UnitMatch } from '../plan.ts';
import { splitUnescaped, unescaped } from '../search-value.ts';
import { invalidValue, type ParameterKind } from './kind.ts';
import { type NumberTerm, numberAlternatives, parseNumber } from './number.ts';
import { rangeNode } from './prefix.ts';

export interface QuantityTerm {
  readonly number: NumberTerm;
  /** Undefined: any unit. */
  readonly unit: UnitMatch | undefined;
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
        into.quantities.push({ param: name, ...measured, ...inCanonicalUnit(measured, canonicalUnits) });
      }
    },
    parse(text, _modifier, parameter) {
      const [number = '', system = '', code = '', ...rest] = splitUnescaped(text, '|').map(unescaped);
      if (rest.length > 0 || (system !== '' && code === '')) {
        throw invalidValue(parameter, 'number, number|system|code or number||code');
      }
      const term = parseNumber(number, parameter);
      const known = system === ucum ? canonicalUnits(code) : undefined;
      if (known) return { number: converted(term, known), unit: { by: 'canonical', unit: known.key } };
      return { number: term, unit: searchedUnit(system, code) };
    },
    plan: ({ number, unit }, name) => rangeNode('quantity', name, numberAlternatives(number), unit),
  };
}

function inCanonicalUnit({ system, code, low, high }: Measured, canonicalUnits: CanonicalUnits) {
  const known = system === ucum && code !== '' ? canonicalUnits(code) : undefined;
  return known
    ? { canonicalUnit: known.key, canonicalLow: known.canonical(low), canonicalHigh: known.canonical(high) }
    : { canonicalUnit: '', canonicalLow: low, canonicalHigh: high };
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

function searchedUnit(system: string, code: string): UnitMatch | undefined {
  if (code === '') return undefined;
  return system === '' ? { by: 'name', name: code } : { by: 'code', system, code };
}

interface Unit {
  readonly system: string;
  readonly code: string;
  readonly text: string;
}

interface Measured extends Unit {
  readonly low: number;
  readonly high: number;
}

/** The interval a value stands for, and its unit. */
function measure({ type, value }: TypedValue): Measured | undefined {
  if (!isObject(value)) return undefined;
  if (type === 'Range') return measureRange(value);
  if (type === 'SampledData') return measureSamples(value);
  if (typeof value.value !== 'number') return undefined;
  if (type === 'Money') {
    const unit = unitOf({ system: currencies, code: value.currency });
    return { low: value.value, high: value.value, ...unit };
  }
  const { comparator } = value;
  return {
    low: comparator === '<' || comparator === '<=' ? -Number.MAX_VALUE : value.value,
    high: comparator === '>' || comparator === '>=' ? Number.MAX_VALUE : value.value,
    ...unitOf(value),
  };
}

function unitOf({ system, code, unit }: Record<string, unknown>): Unit {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { system: text(system), code: text(code), text: text(unit) };
}

function measureRange({ low, high }: Record<string, unknown>): Measured | undefined {
  const start = isObject(low) && typeof low.value === 'number' ? low.value : undefined;
  const end = isObject(high) && typeof high.value === 'number' ? high.value : undefined;
  if (start === undefined && end === undefined) return undefined;
  return {
    low: start ?? -Number.MAX_VALUE,
    high: end ?? Number.MAX_VALUE,
    ...unitOf((start === undefined ? high : low) as Record<string, unknown>),
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
  return low <= high ? { low, high, ...unitOf(origin) } : undefined;
}
