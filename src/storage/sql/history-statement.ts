/** History as SQL: the versions of one resource, or the change log of a type or of all, newest first. */
import type { HistoryQuery } from '../store.ts';
import { allOf, anyOf, type Fragment, sql } from './fragment.ts';

/**
 * One more row than the limit, if there is one.
 * Columns: seq, type, id, version, updated, method, body.
 */
export function historyStatement(query: HistoryQuery): Fragment {
  const { before, limit } = query;
  const window = allOf([
    ...conditions(query),
    ...(before ? [sql`(c.updated, c.seq) < (${before.updated}, ${before.change})`] : []),
  ]);
  // The rows of the page are chosen first, so that only they are looked up.
  return sql`SELECT c.seq, r.type, r.id, c.version, c.updated,
      CASE WHEN h.key IS NULL THEN r.method ELSE h.method END AS method,
      CASE WHEN h.key IS NULL THEN r.body ELSE h.body END AS body
    FROM (SELECT c.seq, c.key, c.version, c.updated FROM ${source(query)} c WHERE ${window}
      ORDER BY c.updated DESC, c.seq DESC LIMIT ${limit + 1}) c
    JOIN resource r ON r.key = c.key
    LEFT JOIN history h ON h.key = c.key AND h.version = c.version
    ORDER BY c.updated DESC, c.seq DESC`;
}

/** Column: total. */
export function historyCountStatement(query: HistoryQuery): Fragment {
  return sql`SELECT count(*) AS total FROM ${source(query)} c WHERE ${allOf(conditions(query))}`;
}

/** The changes of one resource are its versions: numbered within it, and found by its key. */
function source({ type, id }: HistoryQuery): Fragment {
  if (type === undefined || id === undefined) return sql`change`;
  const key = sql`SELECT key FROM resource WHERE type = ${type} AND id = ${id}`;
  return sql`(SELECT version AS seq, key, version, updated FROM resource WHERE key = (${key})
    UNION ALL SELECT version, key, version, updated FROM history WHERE key = (${key}))`;
}

function conditions({ type, id, since, at, among }: HistoryQuery): Fragment[] {
  return [
    ...(type !== undefined && id === undefined ? [sql`c.type = ${type}`] : []),
    ...(since === undefined ? [] : [sql`c.updated >= ${since}`]),
    ...(at ? [sql`c.updated < ${at.high}`, replacedAfter(at.low)] : []),
    ...(among ? [sql`c.key IN (SELECT key FROM resource WHERE ${anyOf(among.map(named))})`] : []),
  ];
}

/** `Patient/1` */
function named(reference: string): Fragment {
  const slash = reference.indexOf('/');
  return sql`type = ${reference.slice(0, slash)} AND id = ${reference.slice(slash + 1)}`;
}

/** Whether the version was still the current one after an instant. */
function replacedAfter(instant: number): Fragment {
  return sql`NOT EXISTS (SELECT 1 FROM history n WHERE n.key = c.key AND n.version = c.version + 1
      AND n.updated <= ${instant})
    AND NOT EXISTS (SELECT 1 FROM resource n WHERE n.key = c.key AND n.version = c.version + 1
      AND n.updated <= ${instant})`;
}
