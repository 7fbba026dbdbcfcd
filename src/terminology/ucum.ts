/**
 * UCUM, the code system of units, which is a grammar over a table of atoms. The one door to the library of the
 * National Library of Medicine that implements it (its licence ships inside the package).
 * https://ucum.org/ucum and https://hl7.org/fhir/R4/datatypes.html#Quantity
 */
import { createRequire } from 'node:module';
import { inSilence } from '../core/in-silence.ts';

const require = createRequire(import.meta.url);

export const ucumSystem = 'http://unitsofmeasure.org';

/** What of the library is used; it brings no types. */
interface UcumLibrary {
  readonly UcumLhcUtils: {
    getInstance(): UcumUtils;
  };
}

export interface UcumUtils {
  validateUnitString(code: string): { readonly status: string };
  convertToBaseUnits(code: string, value: number): UcumConversion;
}

export interface UcumConversion {
  readonly status: string;
  readonly magnitude: number;
  readonly unitToExp: Readonly<Record<string, number>>;
}

/** The library, kept from writing units that it cannot read; its table of atoms is loaded by the first call. */
export function ucumUtils(): UcumUtils {
  const utils = (require('@lhncbc/ucum-lhc') as UcumLibrary).UcumLhcUtils.getInstance();
  return {
    validateUnitString: (code) => inSilence(() => utils.validateUnitString(code)),
    convertToBaseUnits: (code, value) => inSilence(() => utils.convertToBaseUnits(code, value)),
  };
}

/** Answers are remembered, since few units make up most of the data. */
const remembered = 2000;

/** @returns a test whether a code is a unit; the table of atoms is loaded when the first code is tested */
export function createUnitTest(): (code: string) => boolean {
  const known = new Map<string, boolean>();
  let units: UcumUtils | undefined;
  return (code) => {
    const before = known.get(code);
    if (before !== undefined) return before;
    units ??= ucumUtils();
    const valid = units.validateUnitString(withoutSpaces(code)).status === 'valid';
    if (known.size < remembered) known.set(code, valid);
    return valid;
  };
}

/** HL7's own list of units has annotations with spaces (`{2 or 3 times}/d`), which UCUM forbids; they mean nothing. */
function withoutSpaces(code: string): string {
  return code.replace(/\{[^{}]*\}/g, (annotation) => annotation.replaceAll(' ', '_'));
}
