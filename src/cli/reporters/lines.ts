/** One line a finding, as soon as it is found: `file:line:col severity path message`. */
import { findingLine } from '../finding-line.ts';
import type { ReporterFactory } from './reporter.ts';

export const linesReporter: ReporterFactory = (output) => ({
  checked(file, issues) {
    for (const issue of issues) output.data(findingLine(file, issue));
  },
  unreadable() {},
  end() {},
});
