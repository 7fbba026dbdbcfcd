import t from 'tap';
import { isExpressionConstraint } from '../../src/validator/rules/expression-constraint.ts';
import { errors, profile, validatorWith } from './parts.ts';

const populations = 'http://terminology.hl7.org/CodeSystem/measure-population';
const population = (code: string) => ({ code: { coding: [{ system: populations, code }] } });
const criteria = { criteria: { language: 'text/cql', expression: 'x' } };
const measure = {
  resourceType: 'Measure',
  url: 'https://kat.test/Measure/m',
  status: 'active',
  group: [
    {
      code: { text: 'g' },
      population: [{ ...population('initial-population'), ...criteria }],
      stratifier: [{ code: { text: 's' }, ...criteria }],
    },
  ],
} as const;
const report = (group: object, more: object = {}) => ({
  resourceType: 'MeasureReport',
  status: 'complete',
  type: 'summary',
  measure: measure.url,
  period: { start: '2024-01-01', end: '2024-12-31' },
  group: [
    {
      code: { text: 'g' },
      population: [population('initial-population')],
      stratifier: [{ code: [{ text: 's' }], stratum: [{ value: { text: 'x' } }] }],
      ...group,
    },
  ],
  ...more,
});

t.test('a report has the groups, populations and stratifiers of its measure', async (t) => {
  const judged = (group: object, more: object = {}, of: object = measure) =>
    errors(report(group, more), { supporting: [of as typeof measure & { [element: string]: unknown }] });
  t.same(judged({ population: [population('initial-population')] }), []);
  const missing = 'report-missing-part @ MeasureReport.group[0]';
  t.same(judged({ population: [population('numerator')] }), [
    'report-unknown-part @ MeasureReport.group[0].population[0]',
    missing,
  ]);
  const without = (more: object) =>
    judged({ population: undefined }, more).filter((one) => /^report/.test(one));
  t.same(without({}), [missing]);
  t.same(without({ status: 'pending' }), []);
  const [only] = measure.group;
  const observed = {
    ...only,
    population: [...only.population, { ...population('measure-observation'), ...criteria }],
  };
  t.same(judged({}, {}, { ...measure, group: [observed] }), [], 'an observation is no population');
  t.same(judged({}, {}, { ...measure, group: [{ ...only, code: undefined }] }), [], 'the only group');
  t.same(judged({ code: { text: 'other' } }), [
    'report-unknown-part @ MeasureReport.group[0]',
    'report-missing-part @ MeasureReport',
  ]);
  t.same(
    judged({ stratifier: [] }).filter((one) => one.startsWith('report')),
    ['report-missing-part @ MeasureReport.group[0]'],
  );
  const subjects = {
    population: [{ ...population('initial-population'), subjectResults: { reference: 'List/1' } }],
  };
  t.same(judged(subjects), ['report-subjects @ MeasureReport.group[0].population[0]']);
  t.same(judged(subjects, { type: 'subject-list' }), []);
  const scored = { measureScore: { value: 1 } };
  t.same(judged(scored), []);
  const system = 'http://terminology.hl7.org/CodeSystem/measure-scoring';
  const cohort = { ...measure, scoring: { coding: [{ system, code: 'cohort' }] } };
  t.same(judged(scored, {}, cohort), ['report-score @ MeasureReport.group[0].measureScore']);
});

t.test('a report has each part once, and misses none only when it is complete', async (t) => {
  const judged = (group: object, more: object = {}, of: object = measure) =>
    errors(report(group, more), { supporting: [of as typeof measure & { [element: string]: unknown }] });
  const first = population('initial-population');
  t.same(judged({ population: [first, first] }), [
    'report-duplicate-part @ MeasureReport.group[0].population[1]',
  ]);
  t.same(judged({}, { group: [] }).slice(-1), ['report-missing-part @ MeasureReport']);
  for (const more of [{ status: 'pending' }, { status: 'error' }, { type: 'data-collection' }])
    t.same(
      judged({}, { group: undefined, ...more }).filter((one) => one.startsWith('report')),
      [],
    );
  const component = ['age', 'sex'].map((text) => ({ code: { text }, ...criteria }));
  const components = { ...measure, group: [{ ...measure.group[0], stratifier: [{ component }] }] };
  const given = (...codes: string[]) => ({
    stratifier: [{ stratum: [{ component: codes.map((text) => ({ code: { text }, value: { text } })) }] }],
  });
  const at = 'MeasureReport.group[0].stratifier[0].stratum[0]';
  t.same(judged(given('sex', 'age'), {}, components), []);
  t.same(judged(given('sex'), {}, components), [`report-missing-part @ ${at}`]);
  t.same(judged(given('sex', 'age', 'x'), {}, components), [`report-unknown-part @ ${at}.component[2]`]);
});

t.test('a report is scored as its measure scores', async (t) => {
  const system = 'http://terminology.hl7.org/CodeSystem/measure-scoring';
  const judged = (code: string, group: object, more: object = {}) =>
    errors(report(group, more), { supporting: [{ ...measure, scoring: { coding: [{ system, code }] } }] });
  const of = (value: number, unit?: string) => ({ measureScore: { value, ...(unit && { unit }) } });
  t.same(judged('cohort', {}), []);
  t.same(judged('proportion', of(0.5)), []);
  t.same(judged('proportion', of(0.5, '%')), ['report-score-range @ MeasureReport.group[0].measureScore']);
  t.same(judged('ratio', of(50, '%')), []);
  t.same(judged('ratio', { measureScore: { unit: 'd' } }), [
    'report-score-missing @ MeasureReport.group[0].measureScore',
  ]);
  t.same(judged('proportion', of(1.5)), ['report-score-range @ MeasureReport.group[0].measureScore.value']);
  t.same(judged('ratio', of(1.5)), []);
  t.same(judged('ratio', {}), ['report-score-missing @ MeasureReport.group[0]']);
  t.same(judged('ratio', {}, { status: 'pending' }), []);
});

t.test('a property that HL7 defines has the type of its definition', async (t) => {
  const judged = (uri: string, type: string, code = 'p', ...more: object[]) =>
    errors({
      resourceType: 'CodeSystem',
      url: 'https://kat.test/CodeSystem/properties',
      name: 'X',
      status: 'draft',
      content: 'complete',
      property: [{ code, uri, type }, ...more],
    });
  const defined = 'http://hl7.org/fhir/concept-properties#';
  t.same(judged(`${defined}parent`, 'code'), []);
  t.same(judged(`${defined}other`, 'string'), []);
  t.same(judged('https://kat.test/properties#parent', 'string'), []);
  const wrong = ['code-system-property @ CodeSystem.property[0]'];
  t.same(judged(`${defined}parent`, 'string'), wrong);
  t.same(judged(`${defined}itemWeight`, 'decimal', 'itemWeight'), []);
  t.same(judged(`${defined}itemWeight`, 'integer', 'itemWeight'), wrong);
  t.same(judged(`${defined}parent`, 'code', 'child'), wrong, 'its code is that of another one');
  t.same(judged('parent', 'code'), wrong, 'a URI is absolute');
  t.same(judged(`${defined}parent`, 'code', 'p', { code: 'q', type: 'string' }), []);
  t.same(judged(`${defined}parent`, 'code', 'p', { code: 'p', type: 'string' }), [
    'code-system-property @ CodeSystem.property[1]',
  ]);
});

t.test('the groups of a map are of code systems', async (t) => {
  const judged = (source: string) =>
    errors({
      resourceType: 'ConceptMap',
      status: 'draft',
      group: [{ source, element: [{ code: 'male' }] }],
    });
  t.same(judged('http://hl7.org/fhir/administrative-gender'), []);
  t.same(judged('http://hl7.org/fhir/ValueSet/administrative-gender'), [
    'code-system-is-value-set @ ConceptMap.group[0].source',
  ]);
});

t.test('a code system has the content it says it has', async (t) => {
  const system = (more: object) => ({
    resourceType: 'CodeSystem',
    url: 'https://kat.test/CodeSystem/c',
    status: 'draft',
    content: 'complete',
    ...more,
  });
  const category = 'http://terminology.hl7.org/CodeSystem/observation-category';
  t.same(errors(system({ concept: [{ code: 'a' }] })), []);
  t.same(errors(system({ content: 'not-present', concept: [{ code: 'a' }] })), [
    'code-system-not-present @ CodeSystem.concept[0]',
  ]);
  const supplement = { supplements: category, concept: [{ code: 'survey' }] };
  t.same(errors(system({ ...supplement, content: 'supplement' })), []);
  t.same(errors(system({ ...supplement, content: 'supplement', caseSensitive: true })), [
    'supplement-element @ CodeSystem.caseSensitive',
  ]);
  t.same(errors(system(supplement)), ['code-system-content @ CodeSystem.content']);
  t.same(errors(system({ ...supplement, content: 'supplement', concept: [{ code: 'none' }] })), [
    'code-unknown @ CodeSystem.concept[0].code',
  ]);
});

t.test('filters of a value set suit their code system', async (t) => {
  const definition = {
    resourceType: 'CodeSystem',
    url: 'https://kat.test/CodeSystem/f',
    status: 'draft',
    content: 'complete',
    property: [
      { code: 'p', type: 'Coding' },
      { code: 'k', type: 'code' },
      { code: 'b', type: 'boolean' },
    ],
    filter: [{ code: 'f', operator: ['='], value: 'a text' }],
    concept: [{ code: 'a' }],
  };
  const by = validatorWith(definition);
  const filtered = (property: string, op: string, value: string, system = definition.url) =>
    errors(
      {
        resourceType: 'ValueSet',
        status: 'draft',
        compose: { include: [{ system, filter: [{ property, op, value }] }] },
      },
      {},
      by,
    );
  const wrong = ['value-set-filter @ ValueSet.compose.include[0].filter[0]'];
  const snomed = 'http://snomed.info/sct';
  const table: [good: [string, string, string, string?], bad: [string, string, string, string?]][] = [
    [
      ['concept', 'is-a', 'a'],
      ['concept', 'is-a', 'none'],
    ],
    [
      ['p', '=', `${definition.url}#a`],
      ['p', '=', 'a'],
    ],
    [
      ['p', '=', 'http://unknown.com#a'],
      ['p', '=', `${definition.url}#none`],
    ],
    [
      ['k', '=', 'none'],
      ['p', 'in', `${definition.url}#a,b`],
    ],
    [
      ['f', '=', 'x'],
      ['f', 'is-a', 'x'],
    ],
    [
      ['parent', '=', 'a'],
      ['parent', '=', 'none'],
    ],
    [
      ['b', '=', 'true'],
      ['b', '=', '1'],
    ],
    [
      ['k', 'exists', 'false'],
      ['k', 'exists', 'no'],
    ],
    [
      ['notSelectable', '=', 'true'],
      ['notSelectable', '=', '1'],
    ],
    [
      ['concept', 'is-a', '404684003', snomed],
      ['concept', 'is-a', 'something', snomed],
    ],
    [
      ['363698007', '=', '404684003', snomed],
      ['363698007', 'not-in', '404684003', snomed],
    ],
    [
      ['constraint', '=', '< 404684003', snomed],
      ['constraint', '=', '234234 << 234234', snomed],
    ],
  ];
  for (const [good, bad] of table) {
    t.same(filtered(...good), [], good.join(' '));
    t.same(filtered(...bad), wrong, bad.join(' '));
  }
});

t.test('expression constraints of SNOMED CT', async (t) => {
  const good = [
    '404684003',
    '*',
    '<< 404684003 |Clinical finding|',
    '< 404684003 : 363698007 = << 39057004',
    '(< 404684003 OR << 64572001) MINUS 138875005',
    '^ 700043003',
    '< 404684003 : { 363698007 = << 39057004 , 116676008 = * }',
    '< 404684003 : [1..3] 127489000 = < 105590001',
  ];
  const bad = [
    '',
    'x y',
    '404684003 404684003',
    '<<',
    '(404684003',
    '404684003)',
    '404684003 OR',
    'AND 404684003',
    '404684003 <',
  ];
  for (const text of good) t.ok(isExpressionConstraint(text), text);
  for (const text of bad) t.notOk(isExpressionConstraint(text), text || 'nothing');
});

t.test('a profile agrees with its base and with the types it names', async (t) => {
  const url = 'https://kat.test/StructureDefinition/base-extension';
  const base = profile(
    'Extension',
    { 'Extension.url': { fixedUri: url } },
    { url, context: [{ type: 'element', expression: 'Element' }] },
  );
  const by = validatorWith(base);
  const at = 'StructureDefinition.differential.element[0]';
  const judged = (definition: object) => errors(definition, {}, by).filter((one) => !one.startsWith('sdf'));
  const derived = (fixedUri: string) =>
    profile(
      'Extension',
      { 'Extension.url': { fixedUri } },
      { baseDefinition: url, context: [{ type: 'element', expression: 'Element' }] },
    );
  t.same(judged(derived(url)), []);
  t.same(judged(derived('https://kat.test/other')), [`profile-fixed @ ${at}`]);
  const typed = (target: string) =>
    profile('Observation', {
      'Observation.value[x]': {
        type: [{ code: 'Quantity', profile: [`http://hl7.org/fhir/StructureDefinition/${target}`] }],
      },
    });
  t.same(judged(typed('SimpleQuantity')), []);
  t.same(judged(typed('Period')), [`profile-of-type @ ${at}.type[0].profile[0]`]);
  const sliced = (path: string) =>
    profile('Observation', {
      'Observation.component': { slicing: { discriminator: [{ type: 'value', path }], rules: 'open' } },
    });
  t.same(judged(sliced('code.coding.code')), []);
  t.same(judged(sliced('value.ofType(Quantity).code')), []);
  t.same(judged(sliced('kind')), [`discriminator-path @ ${at}.slicing.discriminator[0]`]);
});

t.test('a profile may control sources and languages of the narrative', async (t) => {
  const control = (kind: string, valueCode: string) =>
    profile('Patient', {
      'Patient.text': {
        extension: [{ url: `http://hl7.org/fhir/StructureDefinition/narrative-${kind}-control`, valueCode }],
      },
    });
  const judged = (definition: { url: string }, inner: string, more: object = {}) => {
    const div = `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`;
    const resource = { resourceType: 'Patient', text: { status: 'additional', div }, ...more };
    return errors(resource, { profiles: [definition.url] }, validatorWith(definition));
  };
  const source = control('source', 'error');
  t.same(judged(source, '<p class="generated">x<b>y</b></p>'), []);
  t.same(judged(source, '<p class="generated">x</p><p>y</p>'), ['narrative-source @ Patient.text']);
  t.same(judged(control('source', 'warning'), '<p>y</p>'), [], 'as serious as its code says');
  const section = (language: string) => `<div lang="${language}" xml:lang="${language}">x</div>`;
  t.same(judged(control('language', '_no'), section('de')), ['narrative-language @ Patient.text']);
  t.same(judged(control('language', '_yes'), 'x'), ['narrative-language @ Patient.text']);
  t.same(judged(control('language', '_yes'), section('de')), []);
  t.same(judged(control('language', '_resource'), section('de'), { language: 'en' }), [
    'narrative-language @ Patient.text',
  ]);
  t.same(judged(control('language', '_resource'), section('en'), { language: 'en' }), []);
});

t.test('a profile narrows its base', async (t) => {
  const says = (path: string, element: object, more: object = {}) =>
    errors({ ...profile('Patient', { [path]: element }), ...more }).filter((one) =>
      one.startsWith('profile-'),
    );
  const widens = ['profile-widens @ StructureDefinition.differential.element[0]'];
  t.same(says('Patient.name', { min: 1, max: '2' }), []);
  t.same(says('Patient.gender', { max: '2' }), widens);
  t.same(says('Patient.gender', { max: '*' }), widens);
  t.same(says('Patient.link.other', { min: 0 }), widens);
  t.same(says('Patient.deceased[x]', { type: [{ code: 'boolean' }] }), []);
  t.same(says('Patient.deceased[x]', { type: [{ code: 'string' }] }), widens);
  t.same(says('Patient.birthDate', { type: [{ code: 'string' }] }), widens);
  const other = { baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Group' };
  t.same(says('Patient.name', { min: 1 }, other), ['profile-base @ StructureDefinition.type']);
});

t.test('properties of concepts are declared, with their type', async (t) => {
  const says = (property: object, declared: object[] = [{ code: 'size', type: 'integer' }]) =>
    errors({
      resourceType: 'CodeSystem',
      status: 'draft',
      content: 'complete',
      property: declared,
      concept: [{ code: 'a', concept: [{ code: 'b', property: [property] }] }],
    });
  const wrong = ['code-system-property @ CodeSystem.concept[0].concept[0].property[0]'];
  t.same(says({ code: 'size', valueInteger: 1 }), []);
  t.same(says({ code: 'size', valueString: '1' }), wrong);
  t.same(says({ code: 'sized', valueInteger: 1 }), [], 'what is not declared is a warning');
  t.same(says({ code: 'inactive', valueBoolean: true }), []);
});

const define = (resourceType: string, more: object) => ({
  resourceType,
  url: `https://kat.test/${resourceType}/x`,
  name: 'X',
  status: 'draft',
  ...more,
});
const genders = 'http://hl7.org/fhir/administrative-gender';

t.test('the value set of a code system is all of it', async (t) => {
  const system = define('CodeSystem', { content: 'complete', concept: [{ code: 'a' }] });
  const valueSet = 'https://kat.test/ValueSet/x';
  const judged = (include: object[]) =>
    errors({ ...system, valueSet }, {}, validatorWith(define('ValueSet', { compose: { include } })));
  const broken = ['code-system-value-set @ CodeSystem.valueSet'];
  t.same(judged([{ system: system.url }]), []);
  t.same(judged([{ system: genders }]), broken);
  t.same(judged([{ system: system.url }, { system: genders }]), broken);
  t.same(judged([{ system: system.url, concept: [{ code: 'a' }] }]), broken);
});

t.test('a value set draws codes that there are from a code system that has some', async (t) => {
  const judged = (include: object, ...known: object[]) =>
    errors(define('ValueSet', { compose: { include: [include] } }), {}, validatorWith(...known));
  t.same(judged({ system: genders, concept: [{ code: 'male' }] }), []);
  t.same(judged({ system: genders, concept: [{ code: 'man' }] }), [
    'value-set-code @ ValueSet.compose.include[0].concept[0].code',
  ]);
  t.same(judged({ system: 'http://unitsofmeasure.org', concept: [{ code: '[lb_i]' }] }), [], 'a warning');
  const system = 'code-system-versioned @ ValueSet.compose.include[0].system';
  t.same(judged({ system: genders, version: '4.0.1', concept: [{ code: 'male' }] }), []);
  t.same(judged({ system: genders, version: '9', concept: [{ code: 'man' }] }), [], 'an edition to come');
  t.same(judged({ system: `${genders}|4.0.1` }), [system]);
  t.same(judged({ system: `${genders}|` }), [], 'a warning');
  t.same(judged({ system: '#here' }), ['local-id-unknown @ ValueSet.compose.include[0].system']);
  const supplement = define('CodeSystem', { content: 'supplement', supplements: genders });
  t.same(judged({ system: supplement.url, concept: [{ code: 'male' }] }, supplement), [
    'code-system-supplement @ ValueSet.compose.include[0].system',
  ]);
});

t.test('values of filters have the form of their property', async (t) => {
  const system = define('CodeSystem', {
    content: 'complete',
    property: [
      { code: 'rank', type: 'integer' },
      { code: 'since', type: 'dateTime' },
      { code: 'weight', type: 'decimal' },
    ],
    concept: [{ code: 'a' }],
  });
  const by = validatorWith(system);
  const judged = (of: string, property: string, op: string, value: string) =>
    errors(
      define('ValueSet', { compose: { include: [{ system: of, filter: [{ property, op, value }] }] } }),
      {},
      by,
    );
  const broken = ['value-set-filter @ ValueSet.compose.include[0].filter[0]'];
  t.same(judged(system.url, 'rank', '=', '2'), []);
  t.same(judged(system.url, 'rank', '=', 'lt2'), [], 'prefixed as in a search');
  t.same(judged(system.url, 'rank', '=', '2.5'), broken);
  t.same(judged(system.url, 'weight', '=', '2.5'), []);
  t.same(judged(system.url, 'weight', '=', 'heavy'), broken);
  t.same(judged(system.url, 'since', '=', '2024-02'), []);
  t.same(judged(system.url, 'since', '=', 'February'), broken);
  t.same(judged('http://loinc.org', 'STATUS', '=', 'ACTIVE'), []);
  t.same(judged('http://loinc.org', 'STATUS', 'is-a', 'ACTIVE'), broken, 'a status has no hierarchy');
});

t.test('a search parameter agrees with the one it derives from', async (t) => {
  const derivedFrom = 'http://hl7.org/fhir/SearchParameter/Patient-active';
  const parameter = (more: object) =>
    errors(
      define('SearchParameter', {
        description: 'x',
        code: 'x',
        base: ['Patient'],
        type: 'token',
        expression: 'Patient.active',
        derivedFrom,
        ...more,
      }),
    );
  t.same(parameter({}), []);
  t.same(parameter({ type: 'string' }), ['search-derived @ SearchParameter.type']);
  t.same(parameter({ base: ['Observation'], expression: 'Observation.status' }), [
    'search-derived @ SearchParameter.base',
  ]);
});

t.test('an extension is known by its own URL, and bindings name value sets', async (t) => {
  const url = 'https://kat.test/StructureDefinition/own';
  const extension = (fixedUri: string) =>
    errors(
      profile(
        'Extension',
        { 'Extension.url': { fixedUri }, 'Extension.value[x]': { type: [{ code: 'string' }] } },
        { url, kind: 'complex-type', context: [{ type: 'element', expression: 'Patient' }] },
      ),
    );
  t.same(extension(url), []);
  t.same(extension('https://kat.test/StructureDefinition/other'), [
    'extension-own-url @ StructureDefinition.differential.element[0].fixed',
  ]);
  const bound = (valueSet: string) =>
    errors(profile('Patient', { 'Patient.maritalStatus': { binding: { strength: 'required', valueSet } } }));
  t.same(bound('http://hl7.org/fhir/ValueSet/administrative-gender'), []);
  t.same(bound(genders), ['canonical-type @ StructureDefinition.differential.element[0].binding.valueSet']);
});

t.test(
  'a response is held to the value set that its form contains, and to options that stand alone',
  async (t) => {
    const coding = (code: string) => ({ system: 'https://kat.test/c', code });
    const form = (item: object) => ({
      ...define('Questionnaire', { item: [{ linkId: 'a', type: 'choice', repeats: true, ...item }] }),
      contained: [
        {
          resourceType: 'ValueSet',
          id: 'v',
          status: 'draft',
          compose: { include: [{ system: 'https://kat.test/c', concept: [{ code: 'x' }] }] },
        },
      ],
    });
    const listed = {
      resourceType: 'ValueSet',
      url: 'https://kat.test/ValueSet/listed',
      status: 'draft',
      compose: { include: [{ system: 'https://kat.test/c', concept: [{ code: 'x' }] }] },
    };
    const expanded = {
      resourceType: 'ValueSet',
      url: 'https://kat.test/ValueSet/expanded',
      status: 'draft',
      expansion: { timestamp: '2026-01-01', contains: [coding('x')] },
    };
    const judged = (item: object, ...codes: string[]) =>
      errors(
        {
          resourceType: 'QuestionnaireResponse',
          status: 'completed',
          questionnaire: 'https://kat.test/Questionnaire/x',
          item: [{ linkId: 'a', answer: codes.map((code) => ({ valueCoding: coding(code) })) }],
        },
        { supporting: [form(item), listed, expanded] },
      );
    const place = 'QuestionnaireResponse.item[0].answer';
    t.same(judged({ answerValueSet: '#v' }, 'x'), []);
    t.same(judged({ answerValueSet: '#v' }, 'y'), [`response-answer-set @ ${place}[0]`]);
    const within = (code: string) => {
      const { contained, ...bare } = form({ answerValueSet: '#v' });
      return errors({
        resourceType: 'QuestionnaireResponse',
        status: 'completed',
        contained: [{ ...bare, id: 'f' }, ...contained],
        questionnaire: '#f',
        item: [{ linkId: 'a', answer: [{ valueCoding: coding(code) }] }],
      });
    };
    t.same(within('x'), [], 'a contained form, and the value set beside it');
    t.same(within('y'), [`response-answer-set @ ${place}[0]`]);
    for (const { url } of [listed, expanded]) {
      t.same(judged({ answerValueSet: url }, 'x'), [], 'a value set that comes along');
      t.same(judged({ answerValueSet: url }, 'y'), [`response-answer-set @ ${place}[0]`]);
    }
    const url = 'http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive';
    const answerOption = [
      { valueCoding: coding('x') },
      { valueCoding: coding('y') },
      { valueCoding: coding('none'), extension: [{ url, valueBoolean: true }] },
    ];
    t.same(judged({ answerOption }, 'none'), []);
    t.same(judged({ answerOption }, 'x', 'y'), []);
    t.same(judged({ answerOption }, 'x', 'none'), [`response-answer-exclusive @ ${place}[1]`]);
  },
);

t.test('members of a group are of the type that the group says', async (t) => {
  const group = (type: string, reference: string) =>
    errors({ resourceType: 'Group', type, actual: true, member: [{ entity: { reference } }] });
  const broken = ['reference-type @ Group.member[0].entity'];
  t.same(group('person', 'Patient/1'), []);
  t.same(group('practitioner', 'http://x.com/fhir/PractitionerRole/1'), []);
  t.same(group('medication', 'Group/1'), []);
  t.same(group('person', 'Device/1'), broken);
  t.same(group('device', 'http://x.com/fhir/Patient/1'), broken);
  t.same(group('person', 'Organization/1'), broken, 'said once');
});
