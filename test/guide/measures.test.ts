/** The measures of the guide, counted over the story of six intravenous sessions; every figure was counted by hand. */
import { readFileSync } from 'node:fs';
import type { Bundle, Measure } from '@medplum/fhirtypes';
import t from 'tap';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import type { Environment, TypedValue } from '../../src/fhirpath/expression.ts';
import { jsonFiles } from '../support/guide-files.ts';
import { registry } from '../support/registry.ts';

const compile = createExpressionCompiler(registry().model);
const measures = new Map(
  jsonFiles('profiles/measures').map(({ resource }) => [resource.id, resource as unknown as Measure]),
);

const story = (): Bundle =>
  JSON.parse(readFileSync(new URL('../../examples/trd-iv-six/bundle.json', import.meta.url), 'utf8'));

/** What a criterion finds in a course: truth and numbers as they are, members by their number. */
function evaluate(expression: string, course: Bundle): readonly unknown[] {
  const places = new Map(course.entry!.map(({ fullUrl, resource }) => [fullUrl, resource!]));
  const bundle: TypedValue = { type: 'Bundle', value: course };
  const environment: Environment = {
    resource: bundle,
    rootResource: bundle,
    resolve: (reference) => {
      const target = places.get(reference);
      return target && { type: target.resourceType, value: target };
    },
  };
  return compile(expression, 'Bundle')
    .values(bundle, environment)
    .map(({ value }) => value);
}

function population(id: string, code: string, course: Bundle, group = 0): readonly unknown[] {
  const found = measures
    .get(id)
    ?.group?.[group]?.population?.find((one) => one.code?.coding?.[0]?.code === code);
  return evaluate(found!.criteria!.expression!, course);
}

const yes = [true];

t.test('the outcome of the story counts as response and remission', async (t) => {
  for (const id of ['kat-phq-9-response', 'kat-phq-9-remission']) {
    t.same(population(id, 'denominator', story()), yes, id);
    t.same(population(id, 'numerator', story()), yes, id);
  }
  t.same(population('kat-pcl-5-change', 'denominator', story()), [false], 'no PCL-5 was taken');
});

t.test('the score card of the story says what its measure counts', async (t) => {
  const course = story();
  const cards = course.entry!.flatMap(({ resource }) =>
    resource?.resourceType === 'MeasureReport' ? resource : [],
  );
  t.equal(cards.length, 1);
  const [{ measure, group } = {}] = cards;
  const id = /\/Measure\/([a-z0-9-]+)\|/.exec(measure ?? '')![1]!;
  const populations = group![0]!.population!;
  t.equal(populations.length, 3);
  for (const { code, count } of populations) {
    const name = code!.coding![0]!.code!;
    t.equal(Number(population(id, name, course)[0] === true), count, name);
  }
});

t.test('a fall of less than half is no response', async (t) => {
  const course = story();
  for (const { resource } of course.entry ?? []) {
    const score = resource?.resourceType === 'Observation' ? resource.valueQuantity : undefined;
    if (score?.unit === '{score}' && score.value === 4) score.value = 11;
  }
  t.same(population('kat-phq-9-response', 'numerator', course), [false], '21 fell to 11');
  t.same(population('kat-phq-9-remission', 'numerator', course), [false]);
});

t.test('sessions, doses and events of the story', async (t) => {
  const counts: readonly (readonly [id: string, denominator: number, numerator: number])[] = [
    ['kat-integration-within-72-h', 6, 6],
    ['kat-vitals-complete', 6, 6],
    ['kat-suicide-risk-assessed', 6, 6],
    ['kat-dose-outside-range', 6, 0],
    ['kat-adverse-events', 6, 0],
  ];
  for (const [id, denominator, numerator] of counts) {
    t.equal(population(id, 'denominator', story()).length, denominator, id);
    t.equal(population(id, 'numerator', story()).length, numerator, id);
  }
  t.same(population('kat-course-completion', 'numerator', story()), yes);
});

t.test('a late integration and a missing vital sign are missed', async (t) => {
  const late = story();
  for (const { resource } of late.entry ?? []) {
    if (resource?.resourceType !== 'Procedure') continue;
    if (resource.performedPeriod?.start === '2026-06-02T15:00:00-04:00')
      resource.performedPeriod = { start: '2026-06-05T15:00:00-04:00', end: '2026-06-05T15:50:00-04:00' };
  }
  t.equal(population('kat-integration-within-72-h', 'numerator', late).length, 5);
  const bare = story();
  bare.entry = bare.entry!.filter(
    ({ resource }) =>
      !(resource?.resourceType === 'Observation' && resource.code?.coding?.[0]?.code === '2708-6'),
  );
  t.equal(population('kat-vitals-complete', 'numerator', bare).length, 0);
});

t.test('a dose above the range of the protocol counts until a deviation is recorded', async (t) => {
  const course = story();
  const [protocol] = jsonFiles('profiles/plan-definitions').filter(
    ({ resource }) => resource.id === 'kat-protocol-iv-6',
  );
  course.entry!.push({ resource: protocol!.resource as never });
  t.equal(population('kat-dose-outside-range', 'numerator', course).length, 0, '0.5 mg/kg is in the range');
  const given = course.entry!.flatMap(({ resource }) =>
    resource?.resourceType === 'MedicationAdministration' ? resource : [],
  );
  given[0]!.id = 'strong';
  given[0]!.dosage!.extension!.find(({ url }) => url.endsWith('/kat-dose-per-weight'))!.valueQuantity!.value =
    2;
  t.equal(population('kat-dose-outside-range', 'numerator', course).length, 1);
  course.entry!.push({
    resource: {
      resourceType: 'DetectedIssue',
      status: 'final',
      code: { coding: [{ system: 'https://w3id.org/kat-fhir/CodeSystem/kat-rule', code: 'R11' }] },
      implicated: [{ reference: 'MedicationAdministration/strong' }],
      mitigation: [{ action: { text: 'Agreed' } }],
    },
  });
  t.equal(population('kat-dose-outside-range', 'numerator', course).length, 0);
});

t.test('what each route and product allows is the protocol’s, whatever the codes of the route', async (t) => {
  const protocol = jsonFiles('profiles/plan-definitions').find(
    ({ resource }) => resource.id === 'kat-protocol',
  )!;
  const v3 = 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration';
  const sct = 'http://snomed.info/sct';
  const spray = { system: 'http://www.whocc.no/atc', code: 'N06AX27' };
  const doses: readonly (readonly [
    route: { system: string; code: string },
    allowed: number,
    medicine?: object,
  ])[] = [
    [{ system: v3, code: 'IM' }, 200],
    [{ system: sct, code: '78421000' }, 200],
    [{ system: v3, code: 'SL' }, 400],
    [{ system: v3, code: 'DISSOLVE' }, 400],
    [{ system: sct, code: '37839007' }, 400],
    [{ system: v3, code: 'NASAL' }, 200],
    [{ system: sct, code: '46713006' }, 200],
    [{ system: v3, code: 'NASAL' }, 84, spray],
    [{ system: v3, code: 'PO' }, 300],
    [{ system: sct, code: '26643006' }, 300],
  ];
  for (const [route, allowed, medicine] of doses) {
    const outside = (value: number) => {
      const course = story();
      course.entry!.push({ resource: protocol.resource as never });
      const given = course.entry!.flatMap(({ resource }) =>
        resource?.resourceType === 'MedicationAdministration' ? resource : [],
      )[0]!;
      delete given.dosage!.extension;
      given.dosage!.route = { coding: [route] };
      given.dosage!.dose!.value = value;
      if (medicine) given.medicationCodeableConcept = { coding: [medicine] };
      return population('kat-dose-outside-range', 'numerator', course).length;
    };
    t.same([outside(allowed), outside(allowed + 1)], [0, 1], `${route.code} ${allowed}`);
  }
});

t.test(
  'suicide risk counts when it was assessed before the dose, and readings when they stand',
  async (t) => {
    const late = story();
    const risk = late.entry!.flatMap(({ resource }) =>
      resource?.resourceType === 'Observation' && resource.code?.coding?.[0]?.code === '93374-7'
        ? resource
        : [],
    );
    risk[0]!.effectiveDateTime = risk[0]!.effectiveDateTime!.replace(/T\d\d/, 'T22');
    t.equal(population('kat-suicide-risk-assessed', 'numerator', late).length, 5);
    const mistaken = story();
    const pressure = mistaken.entry!.flatMap(({ resource }) =>
      resource?.resourceType === 'Observation' && resource.code?.coding?.[0]?.code === '85354-9'
        ? resource
        : [],
    );
    for (const one of pressure) one.status = 'entered-in-error';
    t.equal(population('kat-vitals-complete', 'numerator', mistaken).length, 0);
  },
);

t.test('the hours to integration are whole hours from end to start', async (t) => {
  t.same(population('kat-time-to-integration', 'measure-observation', story()), [26, 21, 41, 21, 26, 22]);
});

t.test('every measure tells courses with a therapist from infusions without', async (t) => {
  const without = story();
  for (const { resource } of without.entry ?? [])
    if (resource?.resourceType === 'Procedure') delete resource.performer;
  for (const measure of measures.values()) {
    const arm = measure.group![0]!.stratifier![0]!.criteria!.expression!;
    t.same(evaluate(arm, story()), ['with-therapist'], measure.id!);
    t.same(evaluate(arm, without), ['infusion-only'], measure.id!);
  }
});

t.test('what the source article claims is a labelled figure, with its source', async (t) => {
  const benchmarks = [...measures.values()].flatMap(({ group }) => group?.[0]?.extension ?? []);
  t.equal(benchmarks.length, 2);
  for (const { extension = [] } of benchmarks) {
    t.match(extension.find(({ url }) => url === 'label')?.valueString, /claimed in the source article/);
    t.ok(extension.find(({ url }) => url === 'source')?.valueString);
  }
});
