/** What is particular to SQLite: FTS5 as inverted index (https://sqlite.org/fts5.html), JSON lists, own functions. */

import type { WordExpression } from '../../search/plan.ts';
import type { Dialect } from '../sql/dialect.ts';
import { sql } from '../sql/fragment.ts';
import type { TermExpression } from '../sql/term-expression.ts';

/** Name of the function `(parameter, body)` that the driver is given. */
export const sortValueFunction = 'sort_value';
/** Name of the function `(parameter, body)` that the driver is given; its value is a JSON list of `Type/id`. */
export const referencesFunction = 'reference_list';
/** Name of the function `(term)` that the driver is given. */
export const termWordFunction = 'term_word';

export const sqliteDialect: Dialect = {
  begin: 'BEGIN IMMEDIATE',
  othersWrites: sql`PRAGMA data_version`,
  explain: (statement) => sql`EXPLAIN QUERY PLAN ${statement}`,
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
  references: (parameter, body) => ({
    from: sql`json_each(reference_list(${parameter}, ${body})) j`,
    type: sql`substr(j.value, 1, instr(j.value, '/') - 1)`,
    id: sql`substr(j.value, instr(j.value, '/') + 1)`,
  }),
  addTexts: (key, { narrative, content }) =>
    sql`INSERT INTO index_text (rowid, narrative, content) VALUES (${key}, ${narrative}, ${content})`,
  removeTexts: (key) => sql`DELETE FROM index_text WHERE rowid = ${key}`,
  matchWords: (of, expression) => ({
    from: sql`index_text w`,
    key: sql`w.rowid`,
    where: sql`w.index_text MATCH ${of === 'narrative' ? `narrative : (${wordText(expression)})` : wordText(expression)}`,
  }),
  listOf: (texts) => sql`SELECT value FROM json_each(${JSON.stringify(texts)})`,
  contains: (column, text) => sql`instr(${column}, ${text}) > 0`,
  endsWith: (column, text) => sql`substr(${column}, -length(${text})) = ${text}`,
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

/** Phrases are quoted, so that nothing in them is taken for syntax. */
function wordText(expression: WordExpression): string {
  switch (expression.op) {
    case 'phrase':
      return `"${expression.text.replaceAll('"', '""')}"${expression.prefix ? '*' : ''}`;
    case 'and':
      return `(${expression.parts.map(wordText).join(' AND ')})`;
    case 'or':
      return `(${expression.parts.map(wordText).join(' OR ')})`;
    case 'except':
      return `(${wordText(expression.part)} NOT ${wordText(expression.excluded)})`;
  }
}
