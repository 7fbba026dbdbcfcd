/**
 * Decimals: exact in addition and multiplication, where floating point is not (`0.1 + 0.2`).
 * A number stands for the shortest decimal that reads back as it; a text keeps its trailing zeroes.
 * http://hl7.org/fhirpath/#decimal
 */

/** `units` × 10^-`scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const pattern = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** @returns undefined for a text that is no decimal */
export function parseDecimal(text: string): Decimal | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const units = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > 400) return undefined;
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

export function decimalOf(value: number, text?: string): Decimal {
  return parseDecimal(text ?? String(value)) ?? { units: 0n, scale: 0 };
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: rescale(a, scale) + rescale(b, scale), scale };
}

export function negate(a: Decimal): Decimal {
  return { units: -a.units, scale: a.scale };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** To sixteen digits after the point, without trailing zeroes: more than a number can hold. The divisor is not zero. */
export function divide(a: Decimal, b: Decimal): Decimal {
  const scale = 16;
  const dividend = a.units * 10n ** BigInt(scale + b.scale);
  const divisor = b.units * 10n ** BigInt(a.scale);
  return trim({ units: roundedQuotient(dividend, divisor), scale });
}

/** Nearest value with this many digits after the point; half goes away from zero. */
export function round(a: Decimal, scale: number): Decimal {
  if (a.scale <= scale) return { units: rescale(a, scale), scale };
  return { units: roundedQuotient(a.units, 10n ** BigInt(a.scale - scale)), scale };
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const [n, d] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  const quotient = (2n * n + d) / (2n * d);
  return negative ? -quotient : quotient;
}

/** Without trailing zeroes after the point. */
export function trim(a: Decimal): Decimal {
  let { units, scale } = a;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale--;
  }
  return { units, scale };
}

/** Units at a finer scale. */
export function rescale(a: Decimal, scale: number): bigint {
  return a.units * 10n ** BigInt(scale - a.scale);
}

export function format({ units, scale }: Decimal): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const sign = units < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export function toNumber(a: Decimal): number {
  return Number(format(a));
}
