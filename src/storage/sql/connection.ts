/** What the shared SQL needs of a database connection. A driver implements it; values come back as bound. */
import type { Fragment, SqlValue } from './fragment.ts';

export type Row = Readonly<Record<string, SqlValue>>;

export interface SqlConnection {
  /** The rows of a query, or of a statement with RETURNING. */
  all(statement: Fragment): Promise<readonly Row[]>;
  /** Runs a statement; resolves to the number of rows it changed. */
  run(statement: Fragment): Promise<number>;
  /** Runs statements without values, separated by semicolons. */
  script(text: string): Promise<void>;
  close(): Promise<void>;
}
