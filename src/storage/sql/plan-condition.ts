/**
 * A plan node as an SQL condition on the row `r` of table `resource`.
 *
 * `probe`: something else finds the rows, the condition looks at one row at a time. `set`: the condition itself finds
 * the rows, through an index over values.
 */
import type { Comparison, PlanNode, TypeSelection, UnitMatch } from '../../search/plan.ts';
import type { Dialect } from './dialect.ts';
import { allOf, anyOf, type Fragment, sql } from './fragment.ts';
import { currentOfType, dataTables, entryOfRow, finite, ofType, parameterId } from './index-tables.ts';
import { splitConjunction, termExpression } from './term-expression.ts';

export interface ConditionContext {
  readonly type: TypeSelection;
  readonly access: 'probe' | 'set';
  readonly dialect: Dialect;
}

const columns = { low: sql`x.low`, high: sql`x.high` } as const;
const canonicalColumns = { low: sql`x.canonical_low`, high: sql`x.canonical_high` } as const;
const operators = { '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` } as const;

/** Where the rows `r` of a type that meet a plan come from. */
export interface MatchingRows {
  readonly from: Fragment;
  readonly key: Fragment;
  readonly where: readonly Fragment[];
}

/** Terms find the rows where there are any; everything else is asked of each. */
export function matchingRows(type: TypeSelection, plan: PlanNode, dialect: Dialect): MatchingRows {
  const { terms, rest } = splitConjunction(plan.kind === 'and' ? plan.nodes : [plan]);
  const ofType = currentOfType(type);
  if (!terms) {
    const conditions = rest.map((node) => planCondition(node, { type, access: 'set', dialect }));
    return { from: sql`resource r`, key: sql`r.key`, where: [...ofType, ...conditions] };
  }
  const match = dialect.matchTerms(terms);
  const conditions = rest.map((node) => planCondition(node, { type, access: 'probe', dialect }));
  return {
    // CROSS JOIN keeps the order: first the inverted index, then the rows it names.
    from: sql`${match.from} CROSS JOIN resource r`,
    key: match.key,
    where: [match.where, sql`r.key = ${match.key}`, ...ofType, ...conditions],
  };
}

/** @param node a simplified plan */
export function planCondition(node: PlanNode, context: ConditionContext): Fragment {
  const { type, access, dialect } = context;
  const terms = termExpression(node);
  if (terms) {
    const { from, key, where } = dialect.matchTerms(terms);
    return sql`r.key IN (SELECT ${key} FROM ${from} WHERE ${where})`;
  }
  switch (node.kind) {
    case 'all':
      return sql`TRUE`;
    case 'none':
    case 'term':
      return sql`FALSE`;
    case 'member':
      throw new Error('the codes of a value set take its place before an engine is asked');
    case 'and': {
      const split = splitConjunction(node.nodes);
      if (!split.terms) return allOf(node.nodes.map((part) => planCondition(part, context)));
      const { from, key, where } = dialect.matchTerms(split.terms);
      return allOf([
        sql`r.key IN (SELECT ${key} FROM ${from} WHERE ${where})`,
        ...split.rest.map((part) => planCondition(part, context)),
      ]);
    }
    case 'or':
      return anyOf(node.nodes.map((part) => planCondition(part, context)));
    case 'not':
      return sql`NOT (${planCondition(node.node, context)})`;
    case 'ids':
      return access === 'probe'
        ? sql`r.id IN (${dialect.listOf(node.ids)})`
        : sql`r.key IN (SELECT i.key FROM resource i
            WHERE ${allOf([...ofType(sql`i.type`, type), sql`i.id IN (${dialect.listOf(node.ids)})`])})`;
    case 'type':
      return sql`r.type = ${node.type}`;
    case 'updated':
      return allOf(node.where.map(({ op, value }) => sql`r.updated ${operators[op]} ${finite(value)}`));
    case 'range': {
      const compare =
        node.unit?.by === 'canonical'
          ? canonicalComparison
          : node.table === 'quantity'
            ? givenComparison
            : comparison;
      const conditions = node.where.map((one) => compare(one, access));
      if (node.unit) conditions.push(unitCondition(node.unit));
      return hasEntry(dataTables[node.table], node.param, conditions, access);
    }
    case 'refers': {
      const targets = matchingRows(node.to, node.where, dialect);
      const { from, key, where } = dialect.matchTextOf(sql`${node.termPrefix} || t.id`);
      return sql`r.key IN (SELECT ${key} FROM (SELECT r.id AS id FROM ${targets.from} WHERE ${allOf(targets.where)}) t
        CROSS JOIN ${from} WHERE ${where})`;
    }
    case 'referred': {
      const sources = matchingRows(node.by, node.where, dialect);
      const target = dialect.references(node.param, sql`f.body`);
      const referred = [...ofType(sql`i.type`, type), sql`i.type = ${target.type}`, sql`i.id = ${target.id}`];
      return sql`r.key IN (SELECT i.key FROM (SELECT r.body AS body FROM ${sources.from} WHERE ${allOf(sources.where)}) f
        CROSS JOIN ${target.from} CROSS JOIN resource i WHERE ${allOf(referred)})`;
    }
    case 'words': {
      const { from, key, where } = dialect.matchWords(node.of, node.expression);
      return sql`r.key IN (SELECT ${key} FROM ${from} WHERE ${where})`;
    }
    case 'string':
      return hasEntry(dataTables.string, node.param, stringConditions(node, dialect), access);
  }
}

type Access = ConditionContext['access'];

function comparison(asked: Comparison): Fragment {
  return compared(asked, columns);
}

function compared({ column, op, value }: Comparison, of: typeof columns): Fragment {
  return sql`${of[column]} ${operators[op]} ${finite(value)}`;
}

/** Quantities that are canonical as they were given are found by the index over canonical low ends. */
function givenComparison(asked: Comparison, access: Access): Fragment {
  const itself = comparison(asked);
  if (asked.column === 'high' || access === 'probe') return itself;
  return anyOf([
    allOf([compared(asked, canonicalColumns), itself]),
    allOf([sql`x.low <> x.canonical_low`, itself]),
  ]);
}

/**
 * There is an index over the low ends, and one over the high ends of those few that do not end where they begin: what
 * is asked of a high end is put so that these find it.
 */
function canonicalComparison(asked: Comparison, access: Access): Fragment {
  const itself = compared(asked, canonicalColumns);
  if (asked.column === 'low' || access === 'probe') return itself;
  const atLow = compared({ ...asked, column: 'low' }, canonicalColumns);
  if (asked.op.startsWith('<')) return allOf([atLow, itself]);
  return anyOf([atLow, allOf([sql`x.canonical_high > x.canonical_low`, itself])]);
}

function unitCondition(unit: UnitMatch): Fragment {
  switch (unit.by) {
    case 'canonical':
      return sql`x.canonical_unit = ${unit.unit}`;
    case 'code':
      return sql`x.code = ${unit.code} AND x.system = ${unit.system}`;
    case 'name':
      return sql`(x.code = ${unit.name} OR x.text = ${unit.name})`;
  }
}

/** One entry of the parameter meets every condition. */
function hasEntry(
  table: Fragment,
  param: string,
  conditions: readonly Fragment[],
  access: ConditionContext['access'],
): Fragment {
  if (access === 'probe') {
    return sql`EXISTS (SELECT 1 FROM ${table} x WHERE ${allOf([entryOfRow([param]), ...conditions])})`;
  }
  const entry = allOf([sql`x.param = ${parameterId(param)}`, ...conditions]);
  return sql`r.key IN (SELECT x.key FROM ${table} x WHERE ${entry})`;
}

function stringConditions(node: PlanNode & { kind: 'string' }, dialect: Dialect): Fragment[] {
  const text = node.text.toWellFormed();
  if (node.match === 'equal') return [sql`x.value = ${text}`];
  if (text === '') return [];
  if (node.match === 'contains') return [dialect.contains(sql`x.value`, text)];
  if (node.match === 'suffix') return [dialect.endsWith(sql`x.value`, text)];
  const end = afterPrefix(text);
  return end === undefined ? [sql`x.value >= ${text}`] : [sql`x.value >= ${text}`, sql`x.value < ${end}`];
}

/** The least text, in the order of code points, that follows every text with this prefix; undefined when none does. */
function afterPrefix(prefix: string): string | undefined {
  const points = [...prefix].map((character) => character.codePointAt(0)!);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  points.push(last === 0xd7ff ? 0xe000 : last + 1);
  return String.fromCodePoint(...points);
}
