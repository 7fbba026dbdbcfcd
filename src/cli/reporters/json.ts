/** All findings as one JSON array; each names its file. */
import type { Issue } from '../../core/issue.ts';
import type { ReporterFactory } from './reporter.ts';

export const jsonReporter: ReporterFactory = (output) => {
  const findings: (Issue & { readonly file: string })[] = [];
  return {
    checked(file, issues) {
      for (const issue of issues) findings.push({ file, ...issue });
    },
    unreadable() {},
    end: () => output.data(JSON.stringify(findings, undefined, 2)),
  };
};
