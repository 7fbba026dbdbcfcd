/**
 * How a search was answered, for the developer who asked with `X-Explain: true`: the parts of its plan with the rows
 * each has, what was expected of them together and what was found, the steps of the database, and the time. Holds
 * names of parameters and types, never a value.
 */
import type { Issue } from '../core/issue.ts';
import { describePlan } from '../search/describe-plan.ts';
import type { StoreQuery } from '../search/plan.ts';
import type { StoreReader } from '../storage/store.ts';

/** @param ms what the page itself took */
export async function explainSearch(reader: StoreReader, query: StoreQuery, ms: number): Promise<Issue[]> {
  const { type, where } = query;
  const parts = where.kind === 'and' ? where.nodes : [where];
  const counted = [];
  for (const part of parts) {
    const start = performance.now();
    const rows = await reader.count(type, part);
    counted.push({ part, rows, ms: performance.now() - start });
  }
  const atMost = Math.min(...counted.map(({ rows }) => rows));
  const found = parts.length === 1 ? atMost : await reader.count(type, where);
  const order = query.sort.map(({ by, descending }) => `${descending ? '-' : ''}${by}`).join(', ');
  return [
    said(`${found} rows, at most ${atMost} by the smallest part; page of ${query.limit} in ${inMs(ms)}`),
    ...counted.map(({ part, rows, ms: took }) => said(`${describePlan(part)}: ${rows} rows, ${inMs(took)}`)),
    ...(order === '' ? [] : [said(`order: ${order}`)]),
    ...(await reader.steps(query)).map((step) => said(`database: ${step}`)),
  ];
}

function said(text: string): Issue {
  return { severity: 'information', code: 'informational', key: 'search-plan', text };
}

function inMs(ms: number): string {
  return `${ms.toFixed(2)} ms`;
}
