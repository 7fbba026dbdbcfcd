/**
 * How many digits a number has behind its decimal point, written out without an exponent. Zeros at the end are gone by
 * the time that JSON is parsed, and are not counted.
 * https://hl7.org/fhir/R4/extension-maxdecimalplaces.html
 */

/** `1.25`, or `2.5e-7`. */
const spelled = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/;

export function decimalPlaces(value: unknown): number {
  const [, fraction = '', exponent = '0'] = spelled.exec(String(value)) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}
