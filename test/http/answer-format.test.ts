import t from 'tap';
import { FhirError } from '../../src/core/fhir-error.ts';
import { answerFormat } from '../../src/http/answer-format.ts';
import { parseQuery } from '../../src/http/query.ts';

const fhir = 'application/fhir+json; charset=utf-8';
const xml = 'application/fhir+xml; charset=utf-8';
const generic = 'application/json; charset=utf-8';

/** The status of the refusal. */
function refused(query: string, accept?: string, views: readonly string[] = []): number | undefined {
  try {
    answerFormat(parseQuery(query), accept, views);
    return undefined;
  } catch (error) {
    return (error as FhirError).status;
  }
}

t.test('Accept decides between JSON and XML, and between the FHIR and the generic media type', async (t) => {
  const cases: [string | undefined, string][] = [
    [undefined, fhir],
    ['*/*', fhir],
    ['application/fhir+json', fhir],
    ['application/json', generic],
    ['application/json, text/plain, */*', generic],
    ['application/fhir+json, application/json', fhir],
    ['application/json;q=0.5, application/fhir+json;q=0.9', fhir],
    ['application/fhir+xml', xml],
    ['application/fhir+xml, application/fhir+json;q=0.1', xml],
    ['application/fhir+xml;q=0.5, application/fhir+json', fhir],
    ['application/xml', 'application/xml; charset=utf-8'],
    ['text/xml', 'text/xml; charset=utf-8'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/xml; charset=utf-8'],
    ['text/html,*/*;q=0.8', fhir],
    ['text/*', 'text/xml; charset=utf-8'],
    ['application/*;q=0.2', fhir],
    ['application/fhir+json;q=0, */*', xml],
    ['application/fhir+json;q=0.1, */*', xml],
    ['application/fhir+json;q=0.1, */*;q=0.05', fhir],
    ['application/fhir+json; fhirVersion=4.0', fhir],
    ['APPLICATION/JSON', generic],
  ];
  for (const [accept, expected] of cases) {
    t.equal(answerFormat([], accept).contentType, expected, String(accept));
  }
});

t.test('_format wins over Accept, in every spelling', async (t) => {
  const cases: [string, string][] = [
    ['json', fhir],
    ['application/fhir+json', fhir],
    ['application%2Ffhir%2Bjson', fhir],
    ['application/json', generic],
    ['xml', xml],
    ['application%2Ffhir%2Bxml', xml],
    ['application/fhir+xml', xml],
    ['text/xml', 'text/xml; charset=utf-8'],
  ];
  for (const [value, expected] of cases) {
    const format = answerFormat(parseQuery(`_format=${value}`), 'text/json;q=0.1, text/xml');
    t.equal(format.contentType, expected, value);
  }
});

t.test('what the server cannot answer in is refused with 406', async (t) => {
  t.equal(refused('', 'application/fhir+turtle'), 406);
  t.equal(refused('', 'text/html'), 406);
  t.equal(refused('', 'application/fhir+json; fhirVersion=5.0'), 406);
  t.equal(refused('', 'application/json;q=0'), 406);
  t.equal(refused('', 'application/fhir+json;q=0, application/fhir+xml;q=0, */*'), 406);
  t.equal(refused('', 'constructor'), 406);
  t.equal(refused('_format=ttl', 'application/json'), 406);
  t.equal(refused('_format=', 'application/json'), 406);
});

t.test('_pretty asks for printing', async (t) => {
  t.equal(answerFormat(parseQuery('_pretty=true'), undefined).pretty, true);
  t.equal(answerFormat(parseQuery('_pretty=false'), undefined).pretty, false);
  t.equal(answerFormat([], undefined).pretty, false);
});

t.test('a query keeps order and repeats, and must be UTF-8', async (t) => {
  t.same(parseQuery('a=1&b=%C3%A9+x&a=2&&c&d='), [
    ['a', '1'],
    ['b', 'é x'],
    ['a', '2'],
    ['c', ''],
    ['d', ''],
  ]);
  t.same(parseQuery('a=b=c'), [['a', 'b=c']]);
  t.throws(() => parseQuery('a=%E0%A4'), FhirError);
});

t.test('a view is an answer only where it exists, and only as generic JSON', (t) => {
  const accept = 'application/json; view=compact';
  t.equal(answerFormat([], accept, ['compact']).view, 'compact');
  t.match(answerFormat([], accept, ['compact']).contentType, /^application\/json; view=compact/);
  t.equal(answerFormat([], 'application/json', ['compact']).view, undefined);
  for (const [other, views] of [
    [accept, []],
    ['application/json; view=table', ['compact']],
    ['application/fhir+json; view=compact', ['compact']],
  ] as const)
    t.equal(refused('', other, views), 406, other);
  t.end();
});
