/** What is particular to SQLite: FTS5 as inverted index (https://sqlite.org/fts5.html), JSON lists, own functions. */
import type { Dialect } from '../sql/dialect.ts';
import { sql } from '../sql/fragment.ts';
import type { TermExpression } from '../sql/term-expression.ts';

/** Name of the function `(parameter, body)` that the driver is given. */
export const sortValueFunction = 'sort_value';
/** Name of the function `(parameter, type, body)` that the driver is given; its value is a JSON list. */
export const referenceIdsFunction = 'reference_ids';
/** Name of the function `(term)` that the driver is given. */
export const termWordFunction = 'term_word';

export const sqliteDialect: Dialect = {
  begin: 'BEGIN IMMEDIATE',
  addTerms: (key, words) => sql`INSERT INTO index_term (rowid, words) VALUES (${key}, ${words.join(' ')})`,
  removeTerms: (key) => sql`DELETE FROM index_term WHERE rowid = ${key}`,
  matchTerms: (expression) => ({
    from: sql`index_term m`,
    key: sql`m.rowid`,
    where: sql`m.index_term MATCH ${matchText(expression)}`,
  }),
  matchTextOf: (text) => ({
    from: sql`index_term m`,
    key: sql`m.rowid`,
    where: sql`m.index_term MATCH term_word(${text})`,
  }),
  referenceIds: (parameter, type, body) => ({
    from: sql`json_each(reference_ids(${parameter}, ${type}, ${body})) j`,
    id: sql`j.value`,
  }),
  listOf: (texts) => sql`SELECT value FROM json_each(${JSON.stringify(texts)})`,
  contains: (column, text) => sql`instr(${column}, ${text}) > 0`,
  sortValue: (parameter, body) => sql`sort_value(${parameter}, ${body})`,
};

/** https://sqlite.org/fts5.html#full_text_query_syntax; the words are hashes and need no quotes. */
function matchText(expression: TermExpression): string {
  switch (expression.op) {
    case 'word':
      return expression.word;
    case 'and':
      return `(${expression.parts.map(matchText).join(' AND ')})`;
    case 'or':
      return `(${expression.parts.map(matchText).join(' OR ')})`;
    case 'except':
      return `(${matchText(expression.part)} NOT ${matchText(expression.excluded)})`;
  }
}
