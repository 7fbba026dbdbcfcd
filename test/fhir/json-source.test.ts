import fc from 'fast-check';
import t from 'tap';
import { FhirError } from '../../src/core/fhir-error.ts';
import { createLocator } from '../../src/fhir/json-locator.ts';
import { prettyPrint } from '../../src/fhir/json-pretty.ts';
import { parseJson, readJson } from '../../src/fhir/json-source.ts';
import { compact, replaceLinks, stampResource } from '../../src/fhir/json-splice.ts';

function refusalOf(text: string): FhirError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof FhirError) return error;
    throw error;
  }
  throw new Error('parsed');
}

t.test('malformed text is refused with the place of its fault and without quoting it', async (t) => {
  const faults: [text: string, line: number, col: number][] = [
    ['', 1, 1],
    ['{"name": "Jane Secret",}', 1, 24],
    ['{\n  "a": tru\n}', 2, 8],
    ['{"a": 1 "b": 2}', 1, 9],
    ['[1, 2', 1, 6],
    ['{"a": "x\ny"}', 1, 7],
    ['{} {}', 1, 4],
    ["{'a': 1}", 1, 2],
    ['{"a": 01}', 1, 8],
    ['{"a": 1]', 1, 8],
  ];
  for (const [text, line, col] of faults) {
    const error = refusalOf(text);
    t.equal(error.status, 400, text);
    t.match(error.issues[0], { key: 'malformed-json', line, col }, text);
    t.notMatch(error.message, /Secret/);
  }
});

t.test('half a character is refused, a whole one by whatever spelling is not', async (t) => {
  for (const [text, col] of [
    ['{"a": "x\\ud83d"}', 9],
    ['{"a": "\\uDE00x"}', 8],
    ['{"a": "\\ud83d\\n\\ude00"}', 8],
    ['{"a": "\\ud83d", "b": "\\ude00"}', 8],
    ['{"a": "\\ud83d\\ude00\\ude00"}', 20],
    ['{"\\ud83d": 1}', 3],
  ] as const) {
    t.match(refusalOf(text).issues[0], { key: 'malformed-json', line: 1, col }, text);
  }
  for (const text of [
    '{"a": "\\ud83d\\ude00"}',
    '{"a": "\\\\ud83d"}',
    '{"a": "\\u0064\\u00d8"}',
    '{"a": "😀"}',
  ]) {
    t.ok(parseJson(text), text);
  }
});

t.test('a property given twice is refused where it stands the second time', async (t) => {
  t.match(refusalOf('{"a": 1,\n "b": [{"c": 1, "c": 2}]}').issues[0], {
    key: 'malformed-json',
    line: 2,
    col: 17,
  });
});

t.test('no spelling hides a property given twice, and no text is taken for one', async (t) => {
  for (const text of [
    '{"a" :1,"a":2}',
    '{"a":1,"a"\n:2}',
    '{"\\u0061":1,"a":2}',
    '{"b":": x","a":1,"a" :": y"}',
  ]) {
    t.equal(refusalOf(text).issues[0]!.text, 'A property is given twice in one object', text);
  }
  for (const text of [
    '{"a":": x"}',
    '{"a" : 1, "b" : {"a": 1}}',
    '{"a":"\\":\\":"}',
    '{"__proto__":1,"a":2}',
  ]) {
    t.doesNotThrow(() => parseJson(text), text);
  }
});

t.test('numbers are plain when none of them could be spelled otherwise', async (t) => {
  const texts = [
    '{"a":1}',
    '{"a":[10,-3,2.5,"é",true,null],"b":{}}',
    '{"a":2024}',
    '{"a":"\\u0041\\n","b":7}',
    '{"a": 1}',
    '{ "a" :\n\t-12, "b": "x: 1.5", "c": [ {"d": 100} ] }',
  ];
  for (const text of texts) t.equal(readJson(text).spelling.numbers, 'plain', text);
  const others = [
    '{"a": 1.0}',
    '{ "a" :\n1e2 }',
    '{"a": -0}',
    '{"a": [{"b": 1}, {"b": 1.0}]}',
    '{"a": [ 1.0 ]}',
    '{"a": 12345678901234567890}',
    ' 1.0',
    '{"a":1.0}',
    '{"a":1e0}',
    '{"a":-0}',
  ];
  for (const text of others) t.equal(readJson(text).spelling.numbers, 'any', text);
  // Of these there may be an exponent in as many characters.
  const hundreds = ['{"a":100}', '{"a":1e2}', '{"a":12e2}', '{"a":-300,"b":5}', '{"a":"\\n","b":1e2}'];
  for (const text of hundreds) t.equal(readJson(text).spelling.numbers, 'hundreds', text);
});

t.test('what is escaped is known from the text', async (t) => {
  const texts = {
    none: ['{"a":1}', '{ "a": "b" }'],
    some: ['{"a":"\\n"}', '{ "a": "\\"\\\\b\\t\\r\\/\\u0100" }'],
    controls: ['{"a":"\\b"}', '{"a":"\\n\\f"}', '{ "a": "\\u0001" }'],
  };
  for (const [escapes, some] of Object.entries(texts)) {
    for (const text of some) t.equal(readJson(text).spelling.escapes, escapes, text);
  }
});

t.test('nesting is bounded', async (t) => {
  t.equal(refusalOf('['.repeat(100_000) + ']'.repeat(100_000)).status, 400);
  t.same(parseJson(`${'['.repeat(150)}${']'.repeat(150)}`) !== undefined, true);
});

t.test('an element is located by its FHIRPath, an absent one by its nearest ancestor', async (t) => {
  const text =
    '{"resourceType": "Observation",\n "code": {"text": "a \\"{[,"},\n "component": [\n  {"valueString": "x"},\n  {"value": 1}\n ]}';
  const locate = createLocator(text);
  t.same(locate('Observation'), { line: 1, col: 1 });
  t.same(locate('Observation.code.text'), { line: 2, col: 11 });
  t.same(locate('Observation.code.coding[0].system'), { line: 2, col: 2 });
  t.same(locate('Observation.component[1]'), { line: 5, col: 3 });
  t.same(locate('Observation.component[0].value'), { line: 4, col: 4 });
});

t.test('the server stamp replaces id and version and leaves everything else to the letter', async (t) => {
  const text =
    ' { "id": "mine", "value": 1.50, "resourceType": "Observation", "note": "a  \\" b",\n "meta": {"versionId": "9", "profile": ["p"]} } ';
  t.equal(
    stampResource(text, { id: 'x', versionId: '3', lastUpdated: '2026-01-01T00:00:00.000Z' }),
    '{"resourceType":"Observation","id":"x","meta":{"versionId":"3","lastUpdated":"2026-01-01T00:00:00.000Z","profile":["p"]},"value":1.50,"note":"a  \\" b"}',
  );
});

t.test('links are replaced where an element holds a URI, not in identifiers or prose', async (t) => {
  const holdsUri = (key: string): boolean => key === 'reference' || key === 'url';
  const targets = new Map([['urn:uuid:1', 'Patient/7']]);
  t.equal(
    replaceLinks(
      '{"reference": "urn:uuid:1", "value": "urn:uuid:1", "url": ["urn:uuid:1", "urn:uuid:12"]}',
      targets,
      holdsUri,
    ),
    '{"reference": "Patient/7", "value": "urn:uuid:1", "url": ["Patient/7", "urn:uuid:12"]}',
  );
  t.equal(
    replaceLinks('{"div": "<a href=\\"urn:uuid:1\\">urn:uuid:1</a>"}', targets, holdsUri),
    '{"div": "<a href=\\"Patient/7\\">urn:uuid:1</a>"}',
  );
});

t.test('pretty printing and compacting keep the spelling of numbers', async (t) => {
  const text = '{"a":[1.50,-0.0,1E3,{}],"b":{"c":"x: {,}"},"d":[]}';
  t.equal(compact(prettyPrint(text)), text);
  t.equal(prettyPrint('{"a":[1.50]}'), '{\n  "a": [\n    1.50\n  ]\n}\n');
});

/** As someone might spell it: numbers as powers of ten, characters escaped that need not be. */
function spelled(value: unknown, oddly: () => boolean): string {
  if (typeof value === 'number' && oddly() && Number.isInteger(value)) return value.toExponential();
  if (typeof value === 'string') {
    const text = JSON.stringify(value);
    return oddly() ? text.replace(/[a-z]/, (c) => `\\u00${c.charCodeAt(0).toString(16)}`) : text;
  }
  if (Array.isArray(value)) return `[${value.map((one) => spelled(one, oddly)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, one]) => `${spelled(key, oddly)}:${spelled(one, oddly)}`);
  return `{${members.join(',')}}`;
}

t.test(
  'however a text is spelled, what it says once is taken and what it says twice is refused',
  async (t) => {
    let twice = 0;
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 }),
        fc.infiniteStream(fc.boolean()),
        fc.jsonValue({ maxDepth: 1 }),
        fc.nat(),
        (object, bits, before, place) => {
          const value = JSON.parse(JSON.stringify(object));
          const text = spelled(value, () => bits.next().value);
          if (JSON.stringify(parseJson(text)) !== JSON.stringify(JSON.parse(text))) return false;
          const keys = Object.keys(value);
          const key = JSON.stringify(keys[place % keys.length]);
          twice++;
          return (
            refusalOf(`{${key}:${spelled(before, () => bits.next().value)},${text.slice(1)}`).status === 400
          );
        },
      ),
      { numRuns: 3000 },
    );
    t.equal(twice, 3000);
  },
);
