/**
 * Decimals of a search as ranges: a number stands for every value that rounds to it at its precision.
 * Bounds are computed on the digits, so that 5.4 begins at 5.35 and not at 5.3500000000000005.
 * https://hl7.org/fhir/R4/search.html#number
 */

export interface DecimalRange {
  readonly value: number;
  /** What the number's precision covers: `low` included, `high` excluded. */
  readonly low: number;
  readonly high: number;
  /** Ten per cent around the value, both ends included: what `ap` asks for. */
  readonly nearLow: number;
  readonly nearHigh: number;
}

const decimal = /^([+-]?)(\d{1,100})(?:\.(\d{1,100}))?(?:[eE]([+-]?\d{1,3}))?$/;

/** @returns undefined when the text is not a decimal */
export function decimalRange(text: string): DecimalRange | undefined {
  const match = decimal.exec(text);
  if (!match) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const scale = Number(exponent) - fraction.length;
  // One more digit than the number has, to hold half of its last one and a tenth of it.
  const scaled = (units: bigint): number => Number(`${units}e${scale - 1}`);
  const value = scaled(digits * 10n);
  if (!Number.isFinite(value)) return undefined;
  const tenth = digits < 0n ? -digits : digits;
  return {
    value,
    low: scaled(digits * 10n - 5n),
    high: scaled(digits * 10n + 5n),
    nearLow: scaled(digits * 10n - tenth),
    nearHigh: scaled(digits * 10n + tenth),
  };
}
