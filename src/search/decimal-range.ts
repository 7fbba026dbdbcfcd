/**
 * Decimals of a search as ranges: a number stands for every value that rounds to it at its precision.
 * Bounds are computed on the digits, so that 5.4 begins at 5.35 and not at 5.3500000000000005.
 *
 * What is written with an exponent counts one digit more than it has: R4's table lets 1e2, "to 1 significant figures
 * precision", be 95 to 105 as if it were 1.0e2, where half of its last digit would be 50 to 150.
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
  const [, sign, whole, given = '', exponent] = match;
  const fraction = exponent === undefined ? given : `${given}0`;
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const scale = Number(exponent ?? 0) - fraction.length;
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
