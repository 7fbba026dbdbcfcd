/**
 * Findings as a SARIF log, which code hosts and editors show beside the lines.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Issue, IssueSeverity } from '../../core/issue.ts';
import type { ReporterFactory } from './reporter.ts';

const levels: Readonly<Record<IssueSeverity, 'error' | 'warning' | 'note'>> = {
  fatal: 'error',
  error: 'error',
  warning: 'warning',
  information: 'note',
};

export const sarifReporter: ReporterFactory = (output) => {
  const results: object[] = [];
  const notifications: object[] = [];
  /** The checks that spoke, by key, with their place in the list of rules. */
  const rules = new Map<string, number>();

  const ruleIndex = (key: string): number => {
    const known = rules.get(key);
    if (known !== undefined) return known;
    rules.set(key, rules.size);
    return rules.size - 1;
  };
  return {
    checked(file, issues) {
      for (const issue of issues) results.push(resultOf(file, issue, ruleIndex(issue.key)));
    },
    unreadable(file, reason) {
      notifications.push({
        level: 'error',
        message: { text: `The file cannot be read (${reason})` },
        locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) } } }],
      });
    },
    end() {
      const driver = { name: 'kat-fhir', rules: [...rules.keys()].map((id) => ({ id })) };
      const invocation = {
        executionSuccessful: notifications.length === 0,
        toolExecutionNotifications: notifications,
      };
      const run = { tool: { driver }, invocations: [invocation], columnKind: 'utf16CodeUnits', results };
      const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
      output.data(JSON.stringify(log, undefined, 2));
    },
  };
};

function resultOf(file: string, issue: Issue, ruleIndex: number): object {
  const { severity, key, text, hint, expression, line = 1, col = 1 } = issue;
  return {
    ruleId: key,
    ruleIndex,
    level: levels[severity],
    message: { text: hint === undefined ? text : `${text}. ${hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: col },
        },
        ...(expression === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: expression }] }),
      },
    ],
  };
}

/** As the user named it, as a URI: absolute paths as file URLs, others relative. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.split(/[\\/]/).map(encodeURIComponent).join('/');
}
