/** Reading histories over a connection: of a resource, of a type, of all. */
import type { HistoryPage, HistoryQuery } from '../store.ts';
import type { SqlConnection } from './connection.ts';
import { historyCountStatement, historyStatement } from './history-statement.ts';
import { storedVersion } from './stored-version.ts';

export function createHistoryReader(connection: SqlConnection) {
  return async function history(query: HistoryQuery): Promise<HistoryPage> {
    const found = await connection.all(historyStatement(query));
    const [count] = await connection.all(historyCountStatement(query));
    const rows = found.slice(0, query.limit);
    const last = rows.at(-1);
    const isLastPage = found.length <= query.limit || last === undefined;
    return {
      rows: rows.map((row) => storedVersion(row.type as string, row.id as string, row)),
      next: isLastPage ? undefined : { updated: Number(last.updated), change: Number(last.seq) },
      total: Number(count!.total),
    };
  };
}
