import type { CodeSystem, ValueSet, ValueSetComposeInclude } from '@medplum/fhirtypes';
import t from 'tap';
import { createTerminology } from '../../src/terminology/create-terminology.ts';
import type { Membership } from '../../src/terminology/terminology.ts';
import { registry } from '../support/registry.ts';

const animals: CodeSystem = {
  resourceType: 'CodeSystem',
  url: 'urn:animals',
  status: 'active',
  content: 'complete',
  caseSensitive: true,
  concept: [
    {
      code: 'mammal',
      display: 'Mammal',
      concept: [
        { code: 'dog', display: 'Dog', property: [{ code: 'legs', valueInteger: 4 }] },
        { code: 'bat', display: 'Bat', property: [{ code: 'flies', valueBoolean: true }] },
      ],
    },
    {
      code: 'bird',
      property: [{ code: 'notSelectable', valueBoolean: true }],
      concept: [{ code: 'owl', property: [{ code: 'flies', valueBoolean: true }] }],
    },
    { code: 'puppy', property: [{ code: 'parent', valueCode: 'dog' }] },
  ],
};
const folding: CodeSystem = { ...animals, url: 'urn:folding', caseSensitive: false };
const fragment: CodeSystem = { ...animals, url: 'urn:fragment', content: 'fragment' };

function terminologyOf(
  include: ValueSetComposeInclude[],
  exclude: ValueSetComposeInclude[] = [],
  expansion?: ValueSet['expansion'],
  system: CodeSystem = animals,
) {
  const own = {
    resourceType: 'ValueSet',
    url: 'urn:vs',
    status: 'active',
    compose: { include, exclude },
  } as ValueSet;
  const dogs = {
    ...own,
    url: 'urn:dogs',
    compose: { include: [{ system: 'urn:animals', concept: [{ code: 'dog' }] }] },
  };
  const loop = { ...own, url: 'urn:loop', compose: { include: [{ valueSet: ['urn:loop'] }] } };
  const valueSets = [own, dogs, loop];
  const terminology = createTerminology({
    valueSet: (url) => valueSets.find((one) => one.url === url),
    codeSystem: (url) => [system, folding, fragment].find((one) => one.url === url),
    codeSystemEditions: () => [],
    addedDefinitions: () => [],
    expansion: (url) => (url === 'urn:vs' && expansion ? ({ ...own, expansion } as ValueSet) : undefined),
  });
  const answers = (codes: string[], system = 'urn:animals') =>
    codes.map((code): Membership => terminology.contains('urn:vs', { system, code }));
  return { terminology, answers };
}

const filtered = (property: string, op: string, value: string): ValueSetComposeInclude[] => [
  { system: 'urn:animals', filter: [{ property, op: op as 'is-a', value }] },
];

t.test('a whole code system', async (t) => {
  const { answers } = terminologyOf([{ system: 'urn:animals' }]);
  t.same(answers(['dog', 'DOG', 'unicorn']), ['member', 'not-member', 'not-member']);
  t.same(answers(['dog'], 'urn:other'), ['not-member']);
});

t.test('a list of codes', async (t) => {
  const { answers } = terminologyOf([{ system: 'http://snomed.info/sct', concept: [{ code: '373464007' }] }]);
  t.same(answers(['373464007', '1'], 'http://snomed.info/sct'), ['member', 'not-member']);
});

t.test('filters by hierarchy, property and pattern', async (t) => {
  const rows: [string, string, string, string[], string[]][] = [
    ['concept', 'is-a', 'mammal', ['mammal', 'dog', 'puppy'], ['owl', 'bird']],
    ['concept', 'descendent-of', 'mammal', ['dog', 'puppy'], ['mammal', 'owl']],
    ['concept', 'is-not-a', 'mammal', ['owl', 'bird'], ['mammal', 'puppy']],
    ['concept', 'generalizes', 'dog', ['dog', 'mammal'], ['bat', 'puppy']],
    ['legs', '=', '4', ['dog'], ['bat']],
    ['legs', 'in', '2,4', ['dog'], ['bat']],
    ['flies', 'exists', 'true', ['bat', 'owl'], ['dog']],
    ['flies', 'exists', 'false', ['dog'], ['bat']],
    ['code', 'regex', 'b.*', ['bat', 'bird'], ['dog', 'mammal']],
    ['parent', '=', 'mammal', ['dog', 'bat'], ['mammal', 'puppy', 'owl']],
    ['parent', 'exists', 'false', ['mammal', 'bird'], ['dog', 'puppy']],
    ['child', '=', 'puppy', ['dog'], ['mammal', 'puppy']],
    ['notSelectable', '=', 'true', ['bird'], ['dog', 'owl']],
    ['notSelectable', '=', 'false', ['dog', 'owl'], ['bird']],
    ['notSelectable', 'exists', 'false', ['dog', 'owl'], ['bird']],
  ];
  for (const [property, op, value, members, others] of rows) {
    const { answers } = terminologyOf(filtered(property, op, value));
    t.same(new Set(answers(members)), new Set(['member']), `${property} ${op} ${value}`);
    t.same(new Set(answers(others)), new Set(['not-member']), `${property} ${op} ${value}, the others`);
  }
});

t.test('a filter of an unknown kind leaves its codes open', async (t) => {
  t.same(terminologyOf(filtered('code', 'child-of-kind', 'x')).answers(['dog']), ['unknown']);
  for (const pattern of ['(dog', '(?=d)dog', '(d)o\\1'])
    t.same(terminologyOf(filtered('code', 'regex', pattern)).answers(['dog']), ['unknown'], pattern);
});

t.test('a pattern is met by a whole code, in time that grows with the code only', async (t) => {
  const codes = [`${'a'.repeat(199)}!`, 'a'.repeat(200), 'a'.repeat(5000)];
  const system: CodeSystem = { ...animals, concept: codes.map((code) => ({ code })) };
  const { answers } = terminologyOf(filtered('code', 'regex', '(a+)+'), [], undefined, system);
  t.same(answers(codes), ['not-member', 'member', 'not-member']);
});

t.test('excludes codes, unites includes and intersects value sets', async (t) => {
  const excluding = terminologyOf([{ system: 'urn:animals' }], [{ valueSet: ['urn:dogs'] }]);
  t.same(excluding.answers(['dog', 'bat']), ['not-member', 'member']);
  const united = terminologyOf([{ valueSet: ['urn:dogs'] }, { system: 'urn:folding' }]);
  t.same(united.answers(['dog', 'bat']), ['member', 'not-member']);
  t.same(united.answers(['bat'], 'urn:folding'), ['member']);
  const both = terminologyOf([{ system: 'urn:animals', valueSet: ['urn:dogs'] }]);
  t.same(both.answers(['dog', 'bat']), ['member', 'not-member']);
});

t.test('what is not shipped is not known, save where a list or a grammar decides', async (t) => {
  const snomed = terminologyOf([{ system: 'http://snomed.info/sct' }]);
  t.same(snomed.answers(['1'], 'http://snomed.info/sct'), ['unknown']);
  t.same(snomed.answers(['dog']), ['not-member'], 'another system cannot be meant');
  t.same(terminologyOf([{ valueSet: ['urn:unknown'] }]).answers(['dog']), ['unknown']);
  t.same(terminologyOf([{ system: 'urn:fragment' }]).answers(['dog', 'cow'], 'urn:fragment'), [
    'member',
    'unknown',
  ]);
  const languages = terminologyOf([{ system: 'urn:ietf:bcp:47' }]);
  t.same(languages.answers(['de-CH', 'zh-Hant-TW', 'de_CH', ''], 'urn:ietf:bcp:47'), [
    'member',
    'member',
    'not-member',
    'not-member',
  ]);
  t.same(
    new Set(languages.answers(['i-klingon', 'en-GB-oed', 'sgn-BE-FR', 'x-own'], 'urn:ietf:bcp:47')),
    new Set(['member']),
    'tags older than the grammar',
  );
  t.same(languages.answers(['i-german'], 'urn:ietf:bcp:47'), ['not-member']);
  const ucum = 'http://unitsofmeasure.org';
  const units = (property: string) =>
    terminologyOf([{ system: ucum, filter: [{ property, op: '=', value: 'a' }] }]);
  t.same(
    units('canonical').answers(['s', 'mo', 'ms', 'm', 's/m', '{a}', 'years'], ucum),
    ['member', 'member', 'member', 'not-member', 'not-member', 'not-member', 'not-member'],
    'units of a dimension',
  );
  t.same(units('property').answers(['s', 'years'], ucum), ['unknown', 'not-member']);
  const types = terminologyOf([{ system: 'urn:ietf:bcp:13' }]);
  t.same(types.answers(['text/plain; charset=utf-8', 'text'], 'urn:ietf:bcp:13'), ['member', 'not-member']);
});

t.test('case matters unless the code system says that it does not', async (t) => {
  const { answers } = terminologyOf([{ system: 'urn:folding', concept: [{ code: 'dog' }] }]);
  t.same(answers(['dog', 'DOG', 'BAT'], 'urn:folding'), ['member', 'member', 'not-member']);
  const loud = terminologyOf([{ system: 'urn:folding', concept: [{ code: 'DOG' }] }]);
  t.same(loud.answers(['dog', 'DOG', 'Dog', 'bat'], 'urn:folding'), [
    'member',
    'member',
    'member',
    'not-member',
  ]);
});

t.test('an expansion proves membership; its silence only where it lists everything', async (t) => {
  const contains = [{ system: 'http://snomed.info/sct', code: '1' }];
  const growing = terminologyOf([{ system: 'http://snomed.info/sct' }], [], { timestamp: '', contains });
  t.same(growing.answers(['1', '2'], 'http://snomed.info/sct'), ['member', 'unknown']);
  const iso = 'urn:iso:std:iso:4217';
  const currencies = { timestamp: '', contains: [{ system: iso, code: 'EUR' }] };
  t.same(terminologyOf([{ system: iso }], [], currencies).answers(['EUR', 'XXQ'], iso), [
    'member',
    'not-member',
  ]);
  const cut = { ...currencies, parameter: [{ name: 'limitedExpansion', valueBoolean: true }] };
  t.same(terminologyOf([{ system: iso }], [], cut).answers(['EUR', 'XXQ'], iso), ['member', 'unknown']);
});

t.test('a value set of active codes only has none that are out of use', async (t) => {
  const out = (code: string, property: string, value: object) => ({
    code,
    property: [{ code: property, ...value }],
  });
  const system: CodeSystem = {
    ...animals,
    concept: [
      { code: 'dog' },
      out('dodo', 'status', { valueCode: 'retired' }),
      out('auk', 'inactive', { valueBoolean: true }),
      out('owl', 'inactive', { valueBoolean: false }),
    ],
  };
  const codes = ['dog', 'dodo', 'auk', 'owl'];
  const include = [{ system: 'urn:animals' }];
  const answers = (compose: ValueSet['compose']) => {
    const { terminology } = terminologyOf(include, [], undefined, system);
    const valueSet = { resourceType: 'ValueSet', status: 'active', compose } as ValueSet;
    return codes.map((code) => terminology.containedIn(valueSet, { system: 'urn:animals', code }));
  };
  t.same(answers({ inactive: false, include }), ['member', 'not-member', 'not-member', 'member']);
  t.same(new Set(answers({ include })), new Set(['member']));
});

t.test('a value set takes its codes from the edition it names', async (t) => {
  const edition = (version: string, ...codes: string[]): CodeSystem => ({
    ...animals,
    version,
    concept: codes.map((code) => ({ code })),
  });
  const editions = [edition('2', 'dog', 'cat'), edition('1', 'dog', 'dodo')];
  const terminology = createTerminology({
    valueSet: () => undefined,
    codeSystem: (canonical) =>
      editions.find(({ url, version }) => canonical === url || canonical === `${url}|${version}`),
    codeSystemEditions: () => editions,
    addedDefinitions: () => [],
    expansion: () => undefined,
  });
  const rows: [string | undefined, Membership, Membership][] = [
    ['1', 'member', 'not-member'],
    ['2', 'not-member', 'member'],
    [undefined, 'not-member', 'member'],
    ['*', 'not-member', 'member'],
    ['3', 'not-member', 'member'],
  ];
  for (const [version, dodo, cat] of rows) {
    const include = [{ system: 'urn:animals', ...(version === undefined ? {} : { version }) }];
    const valueSet = { resourceType: 'ValueSet', status: 'active', compose: { include } } as ValueSet;
    const of = (code: string) => terminology.containedIn(valueSet, { system: 'urn:animals', code });
    t.same([of('dog'), of('dodo'), of('cat')], ['member', dodo, cat], version ?? 'none');
  }
});

t.test('of a value set at hand the expansion counts where the definition leaves a code open', async (t) => {
  const { terminology } = terminologyOf([]);
  const snomed = 'http://snomed.info/sct';
  const expansion = { timestamp: '', contains: [{ system: snomed, code: '1' }] };
  const compose = { include: [{ system: snomed }] };
  const of = (parts: object, code: string) =>
    terminology.containedIn(
      { resourceType: 'ValueSet', status: 'active', ...parts },
      { system: snomed, code },
    );
  t.same([of({ compose, expansion }, '1'), of({ compose, expansion }, '2')], ['member', 'unknown']);
  t.same([of({ expansion }, '1'), of({ expansion }, '2')], ['member', 'not-member']);
  const malformed = [
    { compose: { include: {} } },
    { compose: { include: [null] } },
    { compose: { include: [{ system: 5 }] } },
    { expansion: { contains: {} } },
    { expansion: { ...expansion, parameter: 'x' } },
  ];
  for (const parts of malformed) t.same(of(parts, '1'), 'unknown', JSON.stringify(parts));
});

t.test('a value set of itself is not known, and ends', async (t) => {
  const { terminology } = terminologyOf([]);
  t.equal(terminology.containsCode('urn:loop', 'dog'), 'unknown');
});

t.test('a bare code is asked of every system', async (t) => {
  const { terminology } = terminologyOf([{ system: 'urn:animals' }, { system: 'urn:folding' }]);
  t.equal(terminology.containsCode('urn:vs', 'dog'), 'member');
  t.equal(terminology.containsCode('urn:vs', 'Dog'), 'member');
  t.equal(terminology.containsCode('urn:vs', 'unicorn'), 'not-member');
});

t.test('looks codes up with their display', async (t) => {
  const { terminology } = terminologyOf([]);
  t.same(terminology.lookup('urn:animals', 'bat'), { found: true, display: 'Bat' });
  t.same(terminology.lookup('urn:animals', 'owl'), { found: true });
  t.same(
    createTerminology(registry()).lookup('http://terminology.hl7.org/CodeSystem/v2-0001', 'M')?.designations,
    ['männlich', 'Man'],
  );
  t.same(terminology.lookup('urn:animals', 'unicorn'), { found: false });
  t.same(terminology.lookup('urn:folding', 'BAT'), { found: true, display: 'Bat' });
  t.equal(terminology.lookup('urn:fragment', 'cow'), undefined, 'it may exist');
  t.equal(terminology.lookup('urn:unknown', 'cow'), undefined);
  t.same(
    ['urn:animals', 'urn:fragment', 'urn:unknown'].map((system) => terminology.content(system)),
    ['complete', 'partial', 'none'],
  );
});

t.test('the value sets of R4', async (t) => {
  const terminology = createTerminology(registry());
  const rows: [string, string, Membership][] = [
    ['observation-status', 'final', 'member'],
    ['observation-status', 'done', 'not-member'],
    ['resource-types', 'Procedure', 'member'],
    ['all-types', 'HumanName', 'member'],
    ['currencies', 'EUR', 'member'],
    ['currencies', 'VES', 'member'],
    ['currencies', 'ves', 'not-member'],
    ['currencies', 'XXQ', 'not-member'],
    ['languages', 'en', 'member'],
    ['mimetypes', 'application/fhir+json', 'member'],
    ['ucum-units', 'mg/kg', 'member'],
    ['ucum-units', 'mg/(70.kg)', 'member'],
    ['procedure-code', '999', 'unknown'],
  ];
  for (const [name, code, expected] of rows) {
    t.equal(
      terminology.containsCode(`http://hl7.org/fhir/ValueSet/${name}`, code),
      expected,
      `${name} ${code}`,
    );
  }
  t.equal(terminology.knows('http://hl7.org/fhir/ValueSet/observation-status|4.0.1'), true);
  t.equal(terminology.knows('http://hl7.org/fhir/ValueSet/nothing'), false);
});

t.test('a code is known when any edition of its code system has it', async (t) => {
  const terminology = createTerminology(registry());
  const seriousness = 'http://terminology.hl7.org/CodeSystem/adverse-event-seriousness';
  t.same(terminology.lookup(seriousness, 'Serious')?.found, true, 'as R4 wrote it');
  t.same(terminology.lookup(seriousness, 'serious')?.found, true, 'as HL7 writes it since');
  t.same(terminology.lookup(seriousness, 'grave')?.found, false);
});

t.test('a code system of others, of which R4 has an old edition, has grown since', async (t) => {
  const terminology = createTerminology(registry());
  const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
  t.equal(terminology.content(dicom), 'partial');
  t.same(terminology.lookup(dicom, '110500')?.found, true);
  t.equal(terminology.lookup(dicom, '130488'), undefined);
});

t.test('what a value set of R4 holds is what R4 says', async (t) => {
  const terminology = createTerminology(registry());
  const system = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
  const valueSet = 'http://hl7.org/fhir/ValueSet/condition-clinical|4.0.1';
  t.equal(terminology.contains(valueSet, { system, code: 'active' }), 'member');
  t.equal(terminology.contains(valueSet, { system, code: 'unknown' }), 'not-member');
});
