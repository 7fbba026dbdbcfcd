/** A finding as compilers print theirs, so that editors can jump to it: `file:line:col severity path message`. */
import type { Issue } from '../core/issue.ts';

/** @param file as the user named it */
export function findingLine(file: string, issue: Issue): string {
  const { line = 1, col = 1, severity, expression = '-', text, key, hint } = issue;
  const advice = hint === undefined ? '' : `. ${hint}`;
  return `${file}:${line}:${col} ${severity} ${expression} ${text}${advice} (${key})`;
}
