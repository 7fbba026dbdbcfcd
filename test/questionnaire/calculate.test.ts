/** What the guide's forms calculate, by the expressions they carry, against the functions that know the instruments. */
import fc from 'fast-check';
import fhirpath, { type Model } from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4/index.js';
import t from 'tap';
import { objectsOf } from '../../src/fhir/resource.ts';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { type Calculated, calculate } from '../../src/questionnaire/calculate.ts';
import { checkCalculated } from '../../src/questionnaire/check-calculated.ts';
import { checkResponse } from '../../src/questionnaire/check-response.ts';
import { allItems, choiceOf, type FormItem, formItems } from '../../src/questionnaire/form.ts';
import { readForm } from '../../src/questionnaire/read-form.ts';
import type { Score } from '../../src/questionnaire/score/instrument.ts';
import { scoreResponse } from '../../src/questionnaire/score/score-response.ts';
import { jsonFiles } from '../support/guide-files.ts';
import { registry } from '../support/registry.ts';

type Json = Record<string, unknown>;

const compile = createExpressionCompiler(registry().model, { steps: 1_000_000 });
const forms = new Map(
  jsonFiles('profiles/questionnaires').map(({ resource }) => [String(resource.id), resource as Json]),
);
const form = (id: string): Json => forms.get(id) ?? {};

/** A response whose questions are answered by the option of this index; undefined leaves one out. */
function answered(questionnaire: Json, choose: (item: FormItem) => number | undefined): Json {
  const fill = (items: readonly FormItem[]): Json[] =>
    items.flatMap((item): Json[] => {
      if (item.type === 'group') return [{ linkId: item.linkId, item: fill(item.children) }];
      const index = item.definition.readOnly ? undefined : choose(item);
      const option = objectsOf(item.definition.answerOption)[index ?? -1];
      if (!option?.valueCoding) return [];
      const { system, code } = option.valueCoding as Json;
      return [{ linkId: item.linkId, answer: [{ valueCoding: { system, code } }] }];
    });
  return { resourceType: 'QuestionnaireResponse', status: 'completed', item: fill(formItems(questionnaire)) };
}

const valuesOf = ({ values }: Calculated): unknown[] =>
  values!.map((value) => choiceOf(value, 'value')?.value);
const byLinkId = (questionnaire: Json, response: Json): Record<string, unknown[]> =>
  Object.fromEntries(
    calculate(readForm(questionnaire), response, { compile }).map((one) => [one.item.linkId, valuesOf(one)]),
  );

/** Total and sub-scores by the code of the item that holds them. */
function expected(score: Score): Record<string, unknown> {
  if ('unscored' in score) return {};
  return Object.fromEntries((score.subScores ?? []).map(({ code, value }) => [code.code, [value]]));
}

for (const id of ['phq-9', 'gad-7', 'audit-c', 'pcl-5']) {
  t.test(`${id}: the form calculates what the instrument's own rule gives`, async () => {
    const questionnaire = form(id);
    const questions = allItems(formItems(questionnaire)).filter(({ type }) => type === 'choice');
    const option = fc.nat({ max: 4 });
    const complete = fc.array(option, { minLength: questions.length, maxLength: questions.length });
    const withGaps = fc.array(fc.option(option, { nil: undefined, freq: 8 }), {
      minLength: questions.length,
      maxLength: questions.length,
    });
    fc.assert(
      fc.property(fc.oneof(complete, withGaps), (indexes) => {
        const choose = (item: FormItem) => {
          const index = indexes[questions.findIndex(({ linkId }) => linkId === item.linkId)];
          return index === undefined ? undefined : index % objectsOf(item.definition.answerOption).length;
        };
        const response = answered(questionnaire, choose);
        const { instrument, score } = scoreResponse(questionnaire, response)!;
        const calculated = byLinkId(questionnaire, response);
        const total = 'total' in score ? [score.total] : [];
        if (JSON.stringify(calculated[`/${instrument.code.code}`]) !== JSON.stringify(total)) return false;
        return Object.entries(expected(score)).every(
          ([linkId, value]) => JSON.stringify(calculated[linkId]) === JSON.stringify(value),
        );
      }),
      { numRuns: 200 },
    );
  });
}

t.test('fhirpath.js, with which other programs calculate, agrees', async (t) => {
  for (const [id, questionnaire] of forms) {
    const response = answered(
      questionnaire,
      ({ definition }) => objectsOf(definition.answerOption).length - 1,
    );
    for (const { item, values } of calculate(readForm(questionnaire), response, { compile })) {
      const calculated = objectsOf(item.definition.extension).find(({ url }) =>
        String(url).endsWith('calculatedExpression'),
      );
      const { expression } = calculated!.valueExpression as { expression: string };
      const variables = { resource: response, questionnaire };
      const given = fhirpath.evaluate(response, expression, variables, r4 as Model, { async: false });
      const known = values!.map((value) => choiceOf(value, 'value')?.value);
      const code = (value: unknown) => (value as Json | undefined)?.code ?? value;
      t.same(given.map(code), known.map(code), `${id} ${item.linkId}`);
    }
  }
});

t.test('PHQ-9: the question about difficulty does not count', async (t) => {
  const response = answered(form('phq-9'), () => 3);
  t.same(byLinkId(form('phq-9'), response), { '/44261-6': [27] });
});

t.test('PCL-5: a cluster has its score although another is not complete', async (t) => {
  const response = answered(form('pcl-5'), ({ linkId }) => (linkId === 'pcl5-20' ? undefined : 2));
  t.same(byLinkId(form('pcl-5'), response), {
    '/101698-9': [],
    'cluster-b': [10],
    'cluster-c': [4],
    'cluster-d': [14],
    'cluster-e': [],
    'provisional-diagnosis': [],
  });
});

t.test('AUDIT-C: who never drinks has no more questions to answer', async (t) => {
  const never = answered(form('audit-c'), ({ linkId }) => (linkId === '/68518-0' ? 0 : undefined));
  const seldom = answered(form('audit-c'), ({ linkId }) => (linkId === '/68518-0' ? 1 : undefined));
  t.same(byLinkId(form('audit-c'), never), { '/75626-2': [0] });
  t.same(byLinkId(form('audit-c'), seldom), { '/75626-2': [] });
});

t.test('screening suggests the gravest result among the answers of a domain', async (t) => {
  const screening = form('kat-screening');
  const suggested = (choose: (item: FormItem) => string | undefined): unknown => {
    const response = answered(screening, (item) => {
      const wanted = choose(item);
      const codes = objectsOf(item.definition.answerOption).map(
        ({ valueCoding }) => (valueCoding as Json).code,
      );
      const index = wanted === undefined ? -1 : codes.indexOf(wanted);
      return index === -1 ? undefined : index;
    });
    const [coding] = byLinkId(screening, response)['cardiovascular-suggested'] as Json[];
    return coding?.code;
  };
  const fine = ({ linkId }: FormItem): string => (linkId === 'bp-control' ? 'bp-controlled' : 'none');
  const but =
    (linkId: string, code: string | undefined) =>
    (item: FormItem): string | undefined =>
      item.linkId === linkId ? code : fine(item);
  t.equal(suggested(fine), 'clear');
  t.equal(suggested(but('heart', 'stable-heart-disease')), 'needs-mitigation');
  t.equal(suggested(but('heart', 'not-known')), 'not-assessed');
  t.equal(suggested(but('heart', undefined)), 'not-assessed');
  t.equal(suggested(but('vessels', 'aneurysm')), 'excluding');
});

t.test('a completed response whose total is another than the calculated one is warned of', async (t) => {
  const response = answered(form('gad-7'), () => 1);
  const withTotal = (answer: Json, status = 'completed'): Json => ({
    ...response,
    status,
    item: [...objectsOf(response.item), { linkId: '/70274-6', answer: [answer] }],
  });
  const said = (resource: Json, questionnaire = form('gad-7')): string[] =>
    checkCalculated(resource, readForm(questionnaire), { compile }).map(
      ({ severity, key, expression }) => `${severity} ${key} ${expression}`,
    );
  t.same(said(withTotal({ valueDecimal: 7 })), []);
  t.same(said(withTotal({ valueDecimal: 8 })), ['warning response-calculated QuestionnaireResponse.item[1]']);
  t.same(said(withTotal({ valueDecimal: 8 }, 'in-progress')), [], 'it may still change');
  t.same(said(response), [], 'who does not calculate leaves it out');

  const broken = structuredClone(form('gad-7'));
  const total = objectsOf(broken.item).at(-1)!;
  const [, calculation] = objectsOf(total.extension);
  (calculation!.valueExpression as Json).expression = 'no such ( thing';
  t.same(said(withTotal({ valueDecimal: 7 }), broken), [
    'information response-calculation-unchecked QuestionnaireResponse.item[1]',
  ]);
});

t.test('in a group that repeats, each repetition calculates its own', async (t) => {
  const calculation = {
    url: 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression',
    valueExpression: { language: 'text/fhirpath', expression: '%double + answer.count()' },
  };
  const double = {
    url: 'http://hl7.org/fhir/StructureDefinition/variable',
    valueExpression: {
      name: 'double',
      language: 'text/fhirpath',
      expression: "item.where(linkId = 'n').answer.value * 2",
    },
  };
  const questionnaire = {
    resourceType: 'Questionnaire',
    item: [
      {
        linkId: 'g',
        type: 'group',
        repeats: true,
        extension: [double],
        item: [
          { linkId: 'n', type: 'integer' },
          { linkId: 'd', type: 'integer', readOnly: true, extension: [calculation] },
        ],
      },
    ],
  };
  const group = (n: number) => ({ linkId: 'g', item: [{ linkId: 'n', answer: [{ valueInteger: n }] }] });
  const response = { resourceType: 'QuestionnaireResponse', item: [group(1), group(5)] };
  const found = calculate(readForm(questionnaire), response, { compile });
  t.same(
    found.map(({ at, values }) => [at.path, values]),
    [
      ['QuestionnaireResponse.item[0]', [{ valueInteger: 2 }]],
      ['QuestionnaireResponse.item[1]', [{ valueInteger: 10 }]],
    ],
  );
});

t.test('answers that the property draws are ones the forms take', async (t) => {
  for (const id of ['phq-9', 'gad-7', 'audit-c', 'pcl-5']) {
    const response = answered(form(id), () => 1);
    t.same(checkResponse(response, readForm(form(id)), { memberOf: () => 'unknown', compile }), [], id);
  }
});
