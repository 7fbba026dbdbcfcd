import t from 'tap';
import { type Case, errors, findings, profile, validatorWith } from './parts.ts';

const structures = 'http://hl7.org/fhir/StructureDefinition/';
const genders = 'http://hl7.org/fhir/administrative-gender';
const element = 'StructureDefinition.differential.element[0]';

/** A profile that says something of one element. */
const on = (path: string, says: object = { min: 1 }) => profile(path.split('.')[0] ?? '', { [path]: says });
const rule = (path: string, expression: string) =>
  on(path, { constraint: [{ key: 'x-1', severity: 'error', human: 'A rule', expression }] });

function judge(name: string, cases: readonly Case[]): void {
  t.test(name, async (t) => {
    for (const [what, resource, expected] of cases) t.same(errors(resource), expected, what);
  });
}

judge('a profile speaks of elements that its base has', [
  ['an element', on('Patient.contact.name'), []],
  ['one of a data type', on('Patient.name.family'), []],
  ['one of a primitive', on('Patient.birthDate.extension'), []],
  ['one behind a content reference', on('Questionnaire.item.item.linkId'), []],
  ['one of a resource within', on('Bundle.entry.resource.birthDate'), []],
  ['a choice', on('Observation.value[x]'), []],
  ['one type of a choice', on('Observation.valueQuantity'), []],
  ['what every type of a choice has', on('Observation.value[x].extension'), []],
  ['what one type of a choice has', on('Observation.valueQuantity.unit'), []],
  [
    'what one type of a choice has, of all of them',
    on('Observation.value[x].unit'),
    [`profile-path @ ${element}.path`],
  ],
  ['none of that name', on('Patient.nam'), [`profile-path @ ${element}.path`]],
  ['none of that name further down', on('Patient.contact.foo'), [`profile-path @ ${element}.path`]],
  ['a choice without [x]', on('Observation.value'), [`profile-path @ ${element}.path`]],
  ['a type that the choice has not', on('Observation.valueAddress'), [`profile-path @ ${element}.path`]],
]);

judge('values and bindings of a profile suit their element', [
  ['fixed code', on('Observation.status', { fixedCode: 'final' }), []],
  [
    'fixed string for a code',
    on('Observation.status', { fixedString: 'final' }),
    [`profile-value-type @ ${element}.fixed`],
  ],
  ['pattern of a concept', on('Observation.code', { patternCodeableConcept: { text: 'x' } }), []],
  [
    'coding for a concept',
    on('Observation.code', { patternCoding: { code: 'x' } }),
    [`profile-value-type @ ${element}.pattern`],
  ],
  [
    'a type of its own choosing',
    on('Observation.value[x]', { type: [{ code: 'string' }], fixedString: 'a' }),
    [],
  ],
  [
    'a type it has just excluded',
    on('Observation.value[x]', { type: [{ code: 'string' }], fixedCode: 'a' }),
    [`profile-value-type @ ${element}.fixed`],
  ],
  ['bound concept', on('Patient.maritalStatus', { binding: { strength: 'required' } }), []],
  [
    'bound date',
    on('Patient.birthDate', { binding: { strength: 'required' } }),
    [`profile-binding @ ${element}.binding`],
  ],
]);

judge('a profile narrows its base', [
  ['type of type', on('Observation.value[x]', { type: [{ code: 'Quantity' }] }), []],
  [
    'no type at all',
    on('Observation.value[x]', { type: [{ code: 'Foo' }] }),
    [`profile-type-unknown @ ${element}.type[0].code`],
  ],
  [
    'fewer targets',
    on('Observation.subject', {
      type: [{ code: 'Reference', targetProfile: [`${structures}Patient`] }],
    }),
    [],
  ],
  [
    'another target',
    on('Observation.subject', {
      type: [{ code: 'Reference', targetProfile: [`${structures}Medication`] }],
    }),
    [`profile-widens @ ${element}`],
  ],
  [
    'a required binding made weaker',
    on('Patient.gender', { binding: { strength: 'preferred' } }),
    [`profile-widens @ ${element}`],
  ],
  [
    'another kind',
    profile('Patient', { Patient: {} }, { kind: 'complex-type' }),
    ['profile-base @ StructureDefinition.kind'],
  ],
]);

const malformed = [`expression-malformed @ ${element}.constraint[0].expression`];
const unknownName = [`expression-unknown-name @ ${element}.constraint[0].expression`];

judge('the rules of a profile are FHIRPath over elements that are there', [
  ['elements and functions', rule('Patient', "name.family.matches('[A-Z].*') or active = false"), []],
  ['a choice', rule('Observation', 'value.ofType(Quantity).unit.exists() or (value is string)'), []],
  ['an extension', rule('Patient', "extension('http://x.y').value.exists()"), []],
  ['what a reference leads to', rule('Observation', 'subject.resolve().birthDate.exists()'), []],
  ['any resource', rule('Bundle', 'entry.resource.status.exists()'), []],
  ['a function that is not evaluated here', rule('Patient', 'name.slice($this, 1).exists()'), []],
  ['an open bracket', rule('Patient', 'name.exists('), malformed],
  ['an open quote', rule('Patient', "gender = 'male"), malformed],
  ['an unknown element', rule('Patient', 'nam.exists()'), unknownName],
  ['an unknown element of what the rule is on', rule('Patient.contact', 'birthDate.exists()'), unknownName],
  ['an element of what is repeated', rule('QuestionnaireResponse', 'repeat(answer | item).exists()'), []],
  ['none of what is repeated', rule('QuestionnaireResponse', 'repeat(anwser | item).exists()'), unknownName],
  ['an unknown function', rule('Patient', 'name.exits()'), unknownName],
  ['an unknown type', rule('Observation', 'value is Foo'), unknownName],
  ['brackets without end', rule('Patient', `${'('.repeat(5000)}true${')'.repeat(5000)}`), []],
]);

const search = (more: object) => ({
  resourceType: 'SearchParameter',
  url: 'https://kat.test/SearchParameter/s',
  name: 'S',
  status: 'draft',
  description: 'A parameter',
  code: 's',
  type: 'string',
  base: ['Patient'],
  ...more,
});

judge('a search parameter has an expression that its types understand', [
  ['of one type', search({ expression: 'Patient.name' }), []],
  ['of two types', search({ base: ['Patient', 'Person'], expression: 'Patient.name | Person.name' }), []],
  [
    'malformed',
    search({ expression: 'Patient.name.where(' }),
    ['expression-malformed @ SearchParameter.expression'],
  ],
  [
    'an unknown element of the second type',
    search({
      base: ['Patient', 'Person'],
      expression: 'Patient.name | Person.nam',
    }),
    ['expression-unknown-name @ SearchParameter.expression'],
  ],
]);

const system = (more: object) => ({
  resourceType: 'CodeSystem',
  url: 'https://kat.test/CodeSystem/c',
  status: 'draft',
  content: 'complete',
  concept: [{ code: 'a', concept: [{ code: 'b' }] }],
  ...more,
});
const parent = (code: string, uri?: string) => ({
  property: [{ code: 'parent', type: 'code', uri }],
  concept: [{ code: 'a', property: [{ code: 'parent', valueCode: code }] }],
});
const definedParent = 'http://hl7.org/fhir/concept-properties#parent';
const { concept: _, ...elsewhere } = system({ count: 9, content: 'not-present' });

judge('a code system counts its concepts and knows their parents', [
  ['all', system({ count: 2 }), []],
  ['fewer', system({ count: 1 }), ['code-system-count @ CodeSystem.count']],
  ['more than a complete one has', system({ count: 3 }), ['code-system-count @ CodeSystem.count']],
  ['more than a grammar lists', system({ count: 3, compositional: true }), []],
  ['more than a fragment has', system({ count: 3, content: 'fragment' }), []],
  ['fewer than a fragment has: a warning', system({ count: 1, content: 'fragment' }), []],
  ['of a system that is elsewhere', elsewhere, []],
  ['a parent', system(parent('a', definedParent)), []],
  ['a property of that name', system(parent('z', 'https://kat.test/parent')), []],
  [
    'a parent that is not there',
    system(parent('z', definedParent)),
    ['code-system-parent @ CodeSystem.concept[0].property[0].value'],
  ],
  [
    'a supplement of nothing',
    system({ content: 'supplement' }),
    ['code-system-content @ CodeSystem.content'],
  ],
]);

const own = { resourceType: 'CodeSystem', id: 'own', status: 'active', content: 'not-present' };
const include = (more: object) => ({
  resourceType: 'ValueSet',
  url: 'https://kat.test/ValueSet/v',
  status: 'draft',
  compose: { include: [{ system: genders, ...more }] },
});
const filter = (property: string, op: string, value: string) =>
  include({ filter: [{ property, op, value }] });
const first = 'ValueSet.compose.include[0]';

judge('a value set draws on code systems, by filters that they understand', [
  ['all of one', include({}), []],
  ['a relative system', include({ system: 'genders' }), [`code-system-relative @ ${first}.system`]],
  ['a contained system', { ...include({ system: '#own' }), contained: [own] }, []],
  [
    'a contained system that is not there',
    include({ system: '#own' }),
    ['local-id-unknown @ ValueSet.compose.include[0].system'],
  ],
  [
    'a value set for a system',
    include({ system: 'http://hl7.org/fhir/ValueSet/administrative-gender' }),
    [`code-system-is-value-set @ ${first}.system`],
  ],
  ['below a code', filter('concept', 'is-a', 'male'), []],
  ['below no code', filter('concept', 'is-a', 'none'), [`value-set-filter @ ${first}.filter[0]`]],
  ['a pattern', filter('code', 'regex', 'f.*'), []],
  ['no pattern', filter('code', 'regex', '(f'), [`value-set-filter @ ${first}.filter[0]`]],
  ['a property that every system has', filter('display', '=', 'Male'), []],
  ['a property that the system has not: a warning', filter('colour', '=', 'red'), []],
  ['a pattern of concepts', filter('concept', 'regex', 'f'), [`value-set-filter @ ${first}.filter[0]`]],
  ['concepts that exist', filter('concept', 'exists', 'true'), [`value-set-filter @ ${first}.filter[0]`]],
  [
    'codes with spaces between',
    filter('code', 'in', 'male, other'),
    [`value-set-filter @ ${first}.filter[0]`],
  ],
  ['codes', filter('code', 'in', 'male,other'), []],
]);

t.test('codes that a known code system has not are pointed out in value sets and maps', async (t) => {
  t.same(errors(include({ concept: [{ code: 'male' }] })), []);
  t.same(errors(include({ concept: [{ code: 'male' }, { code: 'none' }] })), [
    `value-set-code @ ${first}.concept[1].code`,
  ]);
  const map = (source: string, target: string) => ({
    resourceType: 'ConceptMap',
    status: 'draft',
    group: [
      {
        source: genders,
        target: genders,
        element: [{ code: source, target: [{ code: target, equivalence: 'equal' }] }],
      },
    ],
  });
  t.same(findings(map('male', 'female'), 'warning'), []);
  t.same(errors(map('none', 'female')), ['map-code @ ConceptMap.group[0].element[0].code']);
  t.same(errors(map('male', 'none')), []);
  t.same(findings(map('male', 'none'), 'warning'), [
    'map-code @ ConceptMap.group[0].element[0].target[0].code',
  ]);
});

t.test('a map is between value sets, and its codes are in them', async (t) => {
  const women = 'https://kat.test/ValueSet/women';
  const by = validatorWith({
    resourceType: 'ValueSet',
    url: women,
    status: 'draft',
    compose: { include: [{ system: genders, concept: [{ code: 'female' }] }] },
  });
  const map = (source: string, target: string, more: object) =>
    errors(
      {
        resourceType: 'ConceptMap',
        status: 'draft',
        ...more,
        group: [
          {
            source: genders,
            target: genders,
            element: [{ code: source, target: [{ code: target, equivalence: 'equal' }] }],
          },
        ],
      },
      {},
      by,
    );
  const element = 'ConceptMap.group[0].element[0]';
  t.same(map('female', 'female', { sourceUri: women, targetCanonical: women }), []);
  t.same(map('male', 'female', { sourceUri: women }), [`map-scope @ ${element}.code`]);
  t.same(map('female', 'male', { targetCanonical: women }), [`map-scope @ ${element}.target[0].code`]);
  t.same(map('male', 'male', { sourceUri: 'https://kat.test/ValueSet/unknown' }), []);
  t.same(map('male', 'male', { sourceUri: genders }), ['canonical-type @ ConceptMap.sourceUri']);
});

t.test('a definition is known by an absolute URL', async (t) => {
  t.same(errors({ ...system({}), url: 'urn:oid:1.2.3' }), []);
  t.same(errors({ ...system({}), url: 'CodeSystem/c' }), ['own-url-relative @ CodeSystem.url']);
});
