/**
 * UCUM units in canonical form, so that 70 kg and 70000 g are one and the same.
 * https://ucum.org/ucum and https://hl7.org/fhir/R4/search.html#quantity
 */
import { ucumUtils } from './ucum.ts';

export interface CanonicalUnit {
  /** The same for all units of one dimension: `g` or `m-1.s-2.g`. */
  readonly key: string;
  /** A value in this unit as a value in the canonical one; rises with the value. */
  canonical(value: number): number;
}

/** @returns undefined for a code that UCUM does not have, and for a scale that runs backwards, such as pH */
export type CanonicalUnits = (code: string) => CanonicalUnit | undefined;

/** Codes come from clients: what is remembered of them is bounded. */
const remembered = 2000;

/** Beyond these digits there is only the noise of multiplying binary fractions. */
const digits = 14;

export function createCanonicalUnits(): CanonicalUnits {
  const known = new Map<string, CanonicalUnit | undefined>();
  return (code) => {
    if (known.has(code)) return known.get(code);
    const unit = canonicalUnit(code);
    if (known.size < remembered) known.set(code, unit);
    return unit;
  };
}

/** A unit in canonical form; undefined as for `CanonicalUnits`. */
function canonicalUnit(code: string): CanonicalUnit | undefined {
  const library = ucumUtils();
  const one = library.convertToBaseUnits(code, 1);
  if (one.status !== 'succeeded') return undefined;
  const convert = (value: number): number => library.convertToBaseUnits(code, value).magnitude;
  const [zero, two] = [convert(0), convert(2)];
  if (!(zero < one.magnitude)) return undefined;
  // Degrees Celsius have an offset; for most units a factor will do.
  const isFactor = zero === 0 && two === 2 * one.magnitude;
  const exact = isFactor ? (value: number) => value * one.magnitude : convert;
  return {
    key: Object.entries(one.unitToExp)
      .filter(([, exponent]) => exponent !== 0)
      .map(([base, exponent]) => (exponent === 1 ? base : `${base}${exponent}`))
      .sort()
      .join('.'),
    // Open ends of intervals stay open.
    canonical: (value) =>
      Math.abs(value) === Number.MAX_VALUE ? value : Number(exact(value).toPrecision(digits)),
  };
}

/** A number with a UCUM code. */
export interface UnitValue {
  readonly value: number;
  readonly code: string;
}

/** -1, 0 or 1 as one value is below, equal to or above the other; undefined where their units do not compare. */
export function compareUnitValues(one: UnitValue, other: UnitValue): number | undefined {
  const [unit, otherUnit] = [canonicalUnit(one.code), canonicalUnit(other.code)];
  if (!unit || !otherUnit || unit.key !== otherUnit.key) return undefined;
  return Math.sign(unit.canonical(one.value) - otherUnit.canonical(other.value));
}
