/** What a plan means, said naively: one resource at a time, over its index entries. The store is held against it. */
import type { IndexEntries, QuantityEntry, RangeEntry, TextEntry } from '../../src/search/index-entries.ts';
import type { Comparison, PlanNode, UnitMatch, WordExpression } from '../../src/search/plan.ts';

export interface IndexedResource {
  readonly type?: string;
  readonly id: string;
  /** Milliseconds. */
  readonly updated: number;
  readonly entries: IndexEntries;
}

/** Whether a resource meets a plan. */
export function meets(node: PlanNode, resource: IndexedResource): boolean {
  const { entries } = resource;
  switch (node.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'and':
      return node.nodes.every((part) => meets(part, resource));
    case 'or':
      return node.nodes.some((part) => meets(part, resource));
    case 'not':
      return !meets(node.node, resource);
    case 'type':
      return node.type === resource.type;
    case 'term':
      return entries.terms.includes(node.term);
    case 'range': {
      const { param, unit, where } = node;
      const tables = { date: entries.dates, number: entries.numbers, quantity: [] };
      const ranges = node.table === 'quantity' ? measuredIn(entries.quantities, unit) : tables[node.table];
      return ranges.some(
        (entry) =>
          entry.param === param &&
          where.every((comparison) => compares(entry[comparison.column], comparison)),
      );
    }
    case 'refers':
    case 'referred':
    case 'member':
      throw new Error('one resource at a time knows nothing of others');
    case 'string':
      return entries.strings.some(
        ({ param, value }) => param === node.param && textTests[node.match](value, node.text),
      );
    case 'words':
      return entries.texts !== undefined && saysWords(node.expression, textsOf(entries.texts, node.of));
    case 'ids':
      return node.ids.includes(resource.id);
    case 'updated':
      return node.where.every((comparison) => compares(resource.updated, comparison));
  }
}

/** The quantities that have the unit, with the numbers to compare. */
function measuredIn(
  quantities: readonly QuantityEntry[],
  unit: UnitMatch | undefined,
): readonly RangeEntry[] {
  switch (unit?.by) {
    case undefined:
      return quantities;
    case 'code':
      return quantities.filter(({ system, code }) => system === unit.system && code === unit.code);
    case 'name':
      return quantities.filter(({ code, text }) => code === unit.name || text === unit.name);
    case 'canonical':
      return quantities
        .filter(({ canonicalUnit }) => canonicalUnit === unit.unit)
        .map(({ param, canonicalLow, canonicalHigh }) => ({ param, low: canonicalLow, high: canonicalHigh }));
  }
}

function compares(left: number, { op, value }: Comparison): boolean {
  if (op === '<') return left < value;
  if (op === '<=') return left <= value;
  return op === '>' ? left > value : left >= value;
}

const textTests = {
  prefix: (value: string, text: string) => value.startsWith(text),
  contains: (value: string, text: string) => value.includes(text),
  suffix: (value: string, text: string) => value.endsWith(text),
  equal: (value: string, text: string) => value === text,
} as const;

function textsOf({ narrative, content }: TextEntry, of: 'narrative' | 'content'): string[][] {
  return (of === 'narrative' ? [narrative] : [narrative, content]).map(wordsOf);
}

function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/** @param texts the words of each text, in order: a phrase does not go from one to the next */
function saysWords(expression: WordExpression, texts: readonly string[][]): boolean {
  switch (expression.op) {
    case 'and':
      return expression.parts.every((part) => saysWords(part, texts));
    case 'or':
      return expression.parts.some((part) => saysWords(part, texts));
    case 'except':
      return saysWords(expression.part, texts) && !saysWords(expression.excluded, texts);
    case 'phrase': {
      const wanted = wordsOf(expression.text);
      const fits = (word: string | undefined, i: number): boolean =>
        word === wanted[i] ||
        (expression.prefix && i === wanted.length - 1 && word?.startsWith(wanted[i]!) === true);
      return texts.some((words) =>
        words.some((_, start) => wanted.every((_, i) => fits(words[start + i], i))),
      );
    }
  }
}
