/** The views of the guide over the story of six intravenous sessions: their rows, and columns that find something. */
import { readFileSync } from 'node:fs';
import type { Bundle } from '@medplum/fhirtypes';
import t from 'tap';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import type { TypedValue } from '../../src/fhirpath/expression.ts';
import { instruments } from '../../src/questionnaire/score/instruments.ts';
import { jsonFiles } from '../support/guide-files.ts';
import { registry } from '../support/registry.ts';

interface Select {
  readonly column?: readonly { readonly name: string; readonly path: string }[];
  readonly forEach?: string;
  readonly unionAll?: readonly Select[];
}

interface View {
  readonly name: string;
  readonly resource: string;
  readonly where?: readonly { readonly path: string }[];
  readonly select: readonly Select[];
}

const compile = createExpressionCompiler(registry().model);
const views = jsonFiles('profiles/view-definitions').map(({ resource }) => resource as unknown as View);
const story = JSON.parse(
  readFileSync(new URL('../../examples/trd-iv-six/bundle.json', import.meta.url), 'utf8'),
) as Bundle;

/** Keys are functions of SQL on FHIR: here the reference stands for its key, the full URL for that of the row. */
const plain = (path: string) =>
  path.replace(/getResourceKey\(\)/g, 'id').replace(/getReferenceKey\(\w*\)/g, 'reference');

function values(focus: TypedValue, resource: TypedValue, path: string): readonly TypedValue[] {
  return compile(plain(path), focus.type).values(focus, { resource, rootResource: resource });
}

const rowsOf = ({ resource, where = [] }: View): TypedValue[] =>
  story
    .entry!.map((entry) => ({
      type: entry.resource!.resourceType,
      value: { id: entry.fullUrl, ...entry.resource },
    }))
    .filter((one) => one.type === resource)
    .filter((one) => where.every(({ path }) => values(one, one, path)[0]?.value === true));

/** Names of the columns that hold something in a row, and how many rows come of it. */
function columnsOf(select: Select, focus: TypedValue, row: TypedValue, found: Set<string>): number {
  const each = select.forEach === undefined ? [focus] : values(focus, row, select.forEach);
  for (const one of each)
    for (const { name, path } of select.column ?? []) if (values(one, row, path).length > 0) found.add(name);
  const united = (select.unionAll ?? []).map((part) => columnsOf(part, focus, row, found));
  return select.unionAll ? united.reduce((sum, count) => sum + count, 0) : each.length;
}

/** Rows in the story, counted by hand; columns about which it is silent. */
const expected: Readonly<Record<string, readonly [rows: number, silent: readonly string[]]>> = {
  course: [1, ['status_reason']],
  session: [15, []],
  dose: [6, ['medication_code']],
  // Four pressures (two numbers each), three heart rates and three saturations a session, and one weight.
  session_vitals: [6 * (4 * 2 + 3 + 3) + 1, []],
  score: [7, []],
  outcome_change: [7, ['response_points']],
  adverse_event: [0, []],
  integration_timing: [6, []],
};

t.test('there is a view of each subject', async (t) => {
  t.same(views.map(({ name }) => name).sort(), Object.keys(expected).sort());
});

for (const view of views) {
  t.test(`${view.name} has the rows and columns of the story`, async (t) => {
    const found = new Set<string>();
    const rows = rowsOf(view).map((row) =>
      view.select.map((select) => columnsOf(select, row, row, found)).reduce((all, count) => all * count, 1),
    );
    const [count, silent] = expected[view.name]!;
    t.equal(
      rows.reduce((sum, one) => sum + one, 0),
      count,
    );
    if (count === 0) return;
    const named = (select: Select): string[] => [
      ...(select.column ?? []).map(({ name }) => name),
      ...(select.unionAll?.[0] ? named(select.unionAll[0]) : []),
    ];
    const names = view.select.flatMap(named);
    t.equal(new Set(names).size, names.length, 'a name comes once');
    t.same(
      names.filter((name) => !found.has(name)),
      silent,
    );
  });
}

t.test('what counts as remission and response in a row is what the instruments have', async (t) => {
  const branches = views.find(({ name }) => name === 'outcome_change')!.select[1]!.unionAll!;
  const followed = instruments.filter(({ importantDifference }) => importantDifference);
  t.equal(branches.length, followed.length);
  for (const { title, code, response, remission, importantDifference } of followed) {
    const branch = branches.find(({ forEach }) => forEach?.includes(`'${code.code}'`));
    const path = (name: string) => branch?.column?.find((column) => column.name === name)?.path ?? '';
    const figure = (name: string) => (path(name) === '{}' ? undefined : Number(path(name)));
    t.equal(path('remission'), `value.ofType(Quantity).value < ${remission!.value + 1}`, title);
    t.equal(figure('response_fraction'), 'fraction' in response! ? response.fraction : undefined, title);
    t.equal(figure('response_points'), 'points' in response! ? response.points : undefined, title);
    t.equal(figure('important_difference'), importantDifference!.value, title);
  }
});

t.test('no column asks for what the core of SQL on FHIR lacks', async (t) => {
  const paths = jsonFiles('profiles/view-definitions').flatMap(({ text }) =>
    [...text.matchAll(/"(?:path|forEach)": "([^"]*)"/g)].map(([, path]) => path!),
  );
  const core = [
    ...['where', 'exists', 'empty', 'extension', 'ofType', 'first', 'join'],
    ...['getResourceKey', 'getReferenceKey'],
  ];
  const called = paths.flatMap((path) => [...path.matchAll(/(\w+)\(/g)].map(([, name]) => name!));
  t.ok(called.length > 50);
  t.same(
    called.filter((name) => !core.includes(name) && name !== 'and' && name !== 'or'),
    [],
  );
});
