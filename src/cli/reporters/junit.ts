/**
 * Findings as a JUnit report, which build servers read: a file is a test case, errors are its failure, the rest is what
 * it printed. https://github.com/testmoapp/junitxml
 */
import { hasErrors, type Issue } from '../../core/issue.ts';
import { findingLine } from '../finding-line.ts';
import type { ReporterFactory } from './reporter.ts';

export const junitReporter: ReporterFactory = (output) => {
  const cases: string[] = [];
  let failures = 0;
  let errors = 0;
  return {
    checked(file, issues) {
      const wrong = issues.filter((issue) => hasErrors([issue]));
      const advice = issues.filter((issue) => !wrong.includes(issue));
      if (wrong.length > 0) failures++;
      cases.push(
        testCase(file, [
          ...(wrong.length > 0 ? [failure(file, wrong)] : []),
          ...(advice.length > 0 ? [`<system-out>${escaped(lines(file, advice))}</system-out>`] : []),
        ]),
      );
    },
    unreadable(file, reason) {
      errors++;
      cases.push(testCase(file, [`<error type="unreadable" message="${escaped(reason)}"/>`]));
    },
    end() {
      const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}"`;
      output.data('<?xml version="1.0" encoding="UTF-8"?>');
      output.data(`<testsuites ${counts}>`);
      output.data(`  <testsuite name="kat-fhir validate" ${counts}>`);
      for (const one of cases) output.data(one);
      output.data('  </testsuite>');
      output.data('</testsuites>');
    },
  };
};

function testCase(file: string, content: readonly string[]): string {
  const start = `    <testcase classname="validate" name="${escaped(file)}"`;
  if (content.length === 0) return `${start}/>`;
  return `${start}>\n${content.map((part) => `      ${part}\n`).join('')}    </testcase>`;
}

function failure(file: string, wrong: readonly Issue[]): string {
  const [first, ...more] = wrong;
  const message = more.length === 0 ? first!.text : `${first!.text} (and ${more.length} more)`;
  return `<failure type="${escaped(first!.key)}" message="${escaped(message)}">${escaped(lines(file, wrong))}</failure>`;
}

function lines(file: string, issues: readonly Issue[]): string {
  return issues.map((issue) => findingLine(file, issue)).join('\n');
}

const references: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
};

/** Without what XML cannot hold: paths may contain any character. */
function escaped(text: string): string {
  return text
    .replaceAll(/[<>&"]/g, (character) => references[character]!)
    .replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
