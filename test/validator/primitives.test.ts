import t from 'tap';
import { readJson } from '../../src/fhir/json-source.ts';
import { primitiveChecks } from '../../src/validator/checks/primitive.ts';
import { createRun, newScope } from '../../src/validator/run.ts';
import { errors, findings } from './parts.ts';

/** type → texts or numbers that are values of it, and ones that are not. https://hl7.org/fhir/R4/datatypes.html */
const table: Record<string, { good: unknown[]; bad: unknown[] }> = {
  date: {
    good: ['2024', '2024-02', '2024-02-29', '0001-01-01', '2000-02-29'],
    bad: [
      '2023-02-29',
      '1900-02-29',
      '2024-13',
      '2024-00',
      '2024-04-31',
      '24',
      '2024-1-1',
      '2024-02-30',
      '0000',
      '',
    ],
  },
  dateTime: {
    good: [
      '2024',
      '2024-02',
      '2024-02-29',
      '2024-02-29T23:59:59Z',
      '2024-02-29T23:59:59.123+14:00',
      '2016-12-31T23:59:60Z',
    ],
    bad: [
      '2024-02-29T10:00:00',
      '2024-02-29T24:00:00Z',
      '2024-02-29T10:00Z',
      '2024-02-29T10:00:00+14:01',
      '2024-02-30T10:00:00Z',
      '2024-02-29T10:00:00.Z',
    ],
  },
  instant: {
    good: ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.1-05:00'],
    bad: ['2024-02-29', '2024', '2024-02-29T23:59:59', '2024-02-29t23:59:59Z'],
  },
  time: { good: ['00:00:00', '23:59:59.5'], bad: ['24:00:00', '12:00', '12:00:00Z', '1:00:00', '12:60:00'] },
  id: { good: ['a', 'A-1.b', 'x'.repeat(64)], bad: ['', 'a_b', 'a b', 'x'.repeat(65), 'a/b'] },
  code: { good: ['a', 'a b', 'a-b', '<='], bad: ['', ' a', 'a ', 'a  b', '\t', 'a\tb', 'a\nb'] },
  string: { good: ['a', ' a ', 'line\nline', 'ä'], bad: ['', '   ', 'a\u0000b', '\n'] },
  uri: { good: ['urn:oid:1.2', 'a', 'http://x/y?z#a', '#x'], bad: ['', 'a b', ' a', 'a\n'] },
  oid: {
    good: ['urn:oid:1.2.3', 'urn:oid:2.999'],
    bad: ['1.2.3', 'urn:oid:3.1', 'urn:oid:1.02', 'urn:oid:1'],
  },
  uuid: {
    good: ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520'],
    bad: [
      'c757873d-ec9a-4326-a141-556f43239520',
      'urn:uuid:C757873D-EC9A-4326-A141-556F43239520',
      'urn:uuid:1',
    ],
  },
  base64Binary: {
    good: ['AAAA', 'AA==', ' AA\nAA ', 'ab+/'],
    bad: ['', 'A', 'AAA', 'A=AA', 'AA=A', '===='.repeat(2), 'a.bc'],
  },
  integer: { good: [0, -2147483648, 2147483647], bad: [1.5, 2147483648, -2147483649] },
  unsignedInt: { good: [0, 2147483647], bad: [-1, 0.5] },
  positiveInt: { good: [1], bad: [0, -1, 1.5] },
};

for (const [type, { good, bad }] of Object.entries(table)) {
  const run = createRun({}, newScope({ resourceType: 'Patient' }));
  const valid = (value: unknown) => primitiveChecks[type]?.(value, run, 'name', -1);
  t.test(`values of ${type}`, async (t) => {
    for (const value of good) t.ok(valid(value), `${JSON.stringify(value)} is one`);
    for (const value of bad) t.notOk(valid(value), `${JSON.stringify(value)} is none`);
  });
}

t.test('a text of white space only is legal, but may be trimmed to nothing', async (t) => {
  const patient = { resourceType: 'Patient', name: [{ family: ' \n' }] };
  t.same(errors(patient), []);
  t.same(findings(patient, 'warning'), ['string-blank @ Patient.name[0].family']);
  t.same(errors({ resourceType: 'Patient', language: ' ' }), ['string-empty @ Patient.language']);
  t.same(errors({ resourceType: 'Patient', name: [{ family: '\v' }] }), ['format @ Patient.name[0].family']);
});

/** Members of Parameters or of a parameter, and the errors that the text must have. */
const spelled: [parameter: string, errors: string[]][] = [
  ['"valueInteger":1', []],
  ['"valueInteger":10.0', ['format @ Parameters.parameter[0].value']],
  ['"valueInteger": -1.000 ', ['format @ Parameters.parameter[0].value']],
  ['"valueInteger" :\n1.0e1', ['format @ Parameters.parameter[0].value']],
  ['"valueInteger":1e2', ['format @ Parameters.parameter[0].value']],
  ['"valuePositiveInt":10E-1', ['format @ Parameters.parameter[0].value']],
  ['"valueInteger":-0', ['format @ Parameters.parameter[0].value']],
  ['"valueInteger":-10,"_name":{"id":"a:1e2"}', []],
  ['"valueDecimal":1e2', []],
  ['"valueUnsignedInt":0.0', ['format @ Parameters.parameter[0].value']],
  ['"valuePositiveInt":1.5', ['format @ Parameters.parameter[0].value']],
  ['"valueDecimal":1.0', []],
  ['"valueString":"\\"valueInteger\\":1.0"', []],
  ['"valueUri":"urn:oid:1.0.3"', []],
  [
    '"valueTiming":{"repeat":{"count":3.0,"duration":1.0,"durationUnit":"h"}}',
    ['format @ Parameters.parameter[0].value.repeat.count'],
  ],
  [
    '"resource":{"resourceType":"Patient","multipleBirthInteger":2.0}',
    ['format @ Parameters.parameter[0].resource.multipleBirth'],
  ],
  [
    '"resource":{"resourceType":"Claim","item":[{"careTeamSequence":[1, 2.0]}]}',
    ['format @ Parameters.parameter[0].resource.item[0].careTeamSequence[1]'],
  ],
  [
    '"resource":{"resourceType":"Claim","item":[{"careTeamSequence":[ 1e0,2]}]}',
    ['format @ Parameters.parameter[0].resource.item[0].careTeamSequence[0]'],
  ],
];

t.test('an integer has no decimal point, not even before zeros, and no exponent', async (t) => {
  for (const [members, expected] of spelled) {
    const text = `{"resourceType":"Parameters","parameter":[{"name":"x",${members}}]}`;
    const { value, spelling } = readJson(text);
    for (const options of [{ text }, { text, spelling }]) {
      const formats = errors(value, options).filter((error) => error.startsWith('format'));
      t.same(formats, expected, members);
    }
  }
});

t.test('brackets in a text do not multiply the work of looking for integers', async (t) => {
  const name = `${'[1'.repeat(200_000)}]`;
  const text = JSON.stringify({
    resourceType: 'Parameters',
    parameter: [
      { name: 'x', valueString: name },
      { name: 'y', valueInteger: 100 },
    ],
  });
  const start = performance.now();
  t.same(errors(JSON.parse(text), { text }), []);
  t.ok(performance.now() - start < 1000);
});

/** https://hl7.org/fhir/R4/datatypes.html#markdown */
const markdown: [text: string, hasHtml: boolean][] = [
  ['a <b>b</b>', true],
  ['a <br/> b', true],
  ['`code` and <i>more</i>', true],
  ['a < b and c > d', false],
  ['<http://kat.test> and <a@kat.test>', false],
  ['write `<b>` or ``<i>``', false],
  ['```\n<p>a</p>\n```\n', false],
  ['a ` alone, then <b>', true],
  [`${'`'.repeat(100_000)}<b>`, true],
];

t.test('HTML in markdown is warned of, not so in code', async (t) => {
  for (const [description, hasHtml] of markdown) {
    const resource = { resourceType: 'Questionnaire', status: 'draft', description };
    const expected = hasHtml ? ['html-in-markdown @ Questionnaire.description'] : [];
    t.same(findings(resource, 'warning'), expected, description.slice(0, 40));
  }
});

t.test('a UUID in a URI is all lower case', async (t) => {
  const said = (source: string) => errors({ resourceType: 'Patient', meta: { source } });
  t.same(said('urn:uuid:c757873d-ec9a-4326-a141-556f43239520'), []);
  t.same(said('urn:uuid:C757873D-EC9A-4326-A141-556F43239520'), ['uri-uuid @ Patient.meta.source']);
});
