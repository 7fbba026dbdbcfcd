/**
 * The samples of SampledData: decimals, or a letter that stands for one, with white space between them.
 * https://hl7.org/fhir/R4/datatypes-definitions.html#SampledData.data
 */
import { found, type Run } from '../run.ts';

/** The beginning of something else: what is looked for, so that nothing has to be remembered of a long series. */
const other = /(?<!\S)(?!(?:[EUL]|[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)(?!\S))\S/;

export function checkSamples({ data }: Record<string, unknown>, run: Run): void {
  if (typeof data === 'string' && other.test(data))
    found(run, 'format', 'data', 'data', 'series of decimals, E, U and L');
}
