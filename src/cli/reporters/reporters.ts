/** Options of `validate` and the reporters they choose. */
import { jsonReporter } from './json.ts';
import { junitReporter } from './junit.ts';
import { linesReporter } from './lines.ts';
import type { ReporterFactory } from './reporter.ts';
import { sarifReporter } from './sarif.ts';

interface ReporterRow {
  readonly option: string;
  readonly description: string;
  readonly create: ReporterFactory;
}

export const reporterOptions: readonly ReporterRow[] = [
  { option: 'json', description: 'print the findings as one JSON array', create: jsonReporter },
  { option: 'sarif', description: 'print the findings as a SARIF 2.1.0 log', create: sarifReporter },
  { option: 'junit', description: 'print the findings as a JUnit report', create: junitReporter },
];

/** @param chosen options of the command line by name */
export function chosenReporter(chosen: Readonly<Record<string, unknown>>): ReporterFactory {
  return reporterOptions.find(({ option }) => chosen[option] === true)?.create ?? linesReporter;
}
