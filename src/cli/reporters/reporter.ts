/** How the findings of a run are told. */
import type { Issue } from '../../core/issue.ts';
import type { Output } from '../output.ts';

export interface Reporter {
  /** @param issues findings in one file, in document order, with positions; none when all is well */
  checked(file: string, issues: readonly Issue[]): void;
  /** @param reason why a file could not be read */
  unreadable(file: string, reason: string): void;
  /** Every file was told of. */
  end(): void;
}

export type ReporterFactory = (output: Output) => Reporter;
