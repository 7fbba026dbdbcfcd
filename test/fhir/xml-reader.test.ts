/** FHIR XML to JSON: what becomes of each form, where its elements are found, and what is refused. */
import fc from 'fast-check';
import t from 'tap';
import { FhirError } from '../../src/core/fhir-error.ts';
import { parseJson } from '../../src/fhir/json-source.ts';
import { readXml } from '../../src/fhir/xml-reader.ts';
import { createValidator } from '../../src/library.ts';
import { registry } from '../support/registry.ts';

const { model } = registry();
const validator = createValidator({ registry: registry() });

const namespace = 'xmlns="http://hl7.org/fhir"';
const xhtml = 'xmlns="http://www.w3.org/1999/xhtml"';

function patient(content: string): string {
  return `<Patient ${namespace}>${content}</Patient>`;
}

function read(xml: string): unknown {
  return JSON.parse(readXml(model, xml).text);
}

function refusalOf(xml: string): FhirError {
  try {
    readXml(model, xml);
  } catch (error) {
    if (error instanceof FhirError) return error;
    throw error;
  }
  throw new Error('read');
}

t.test('each form of XML becomes its form of JSON', async (t) => {
  const forms: [name: string, content: string, expected: Record<string, unknown>][] = [
    ['a primitive', '<id value="a"/>', { id: 'a' }],
    ['a boolean', '<active value="true"/>', { active: true }],
    ['a number', '<multipleBirthInteger value="2"/>', { multipleBirthInteger: 2 }],
    ['a number with a plus', '<multipleBirthInteger value="+2"/>', { multipleBirthInteger: 2 }],
    ['what may repeat', '<name><given value="A"/></name>', { name: [{ given: ['A'] }] }],
    [
      'an id',
      '<name id="n"><family id="f" value="x"/></name>',
      { name: [{ id: 'n', family: 'x', _family: { id: 'f' } }] },
    ],
    [
      'an extension',
      '<extension url="http://x"><valueString value="y"/></extension>',
      { extension: [{ url: 'http://x', valueString: 'y' }] },
    ],
    [
      'an extension of one of several values',
      '<name><given value="A"/><given><extension url="u"/></given></name>',
      { name: [{ given: ['A', null], _given: [null, { extension: [{ url: 'u' }] }] }] },
    ],
    ['a choice', '<deceasedDateTime value="2026"/>', { deceasedDateTime: '2026' }],
    [
      'a contained resource',
      '<contained><Basic><id value="b"/></Basic></contained>',
      { contained: [{ resourceType: 'Basic', id: 'b' }] },
    ],
    ['references to characters', '<id value="&#65;&amp;&lt;&quot;"/>', { id: 'A&<"' }],
    ['comments and instructions', '<!-- c --><?p i?><id value="a"/>', { id: 'a' }],
    [
      'a narrative',
      `<text><status value="empty"/><div ${xhtml}><p title='a'>x &lt; y</p></div></text>`,
      { text: { status: 'empty', div: `<div ${xhtml}><p title='a'>x &lt; y</p></div>` } },
    ],
    [
      'a narrative under a prefix',
      '<text><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:br/>x</h:div></text>',
      { text: { div: `<div ${xhtml} xmlns:h="http://www.w3.org/1999/xhtml"><br/>x</div>` } },
    ],
  ];
  for (const [name, content, expected] of forms) {
    t.same(read(patient(content)), { resourceType: 'Patient', ...expected }, name);
  }
  t.same(
    read('<f:Patient xmlns:f="http://hl7.org/fhir"><f:id value="a"/></f:Patient>'),
    { resourceType: 'Patient', id: 'a' },
    'all under a prefix',
  );
});

t.test('decimals keep their spelling', async (t) => {
  for (const spelled of ['1.50', '-0.0', '1E3', '100.000000000000000000000']) {
    const xml = `<Observation ${namespace}><valueQuantity><value value="${spelled}"/></valueQuantity></Observation>`;
    t.equal(
      readXml(model, xml).text,
      `{"resourceType":"Observation","valueQuantity":{"value":${spelled}}}`,
      spelled,
    );
  }
});

t.test('nothing that FHIR does not know is lost: the validator finds it, at its place', async (t) => {
  const faults: [
    name: string,
    content: string,
    key: string,
    expression: string,
    line: number,
    col: number,
  ][] = [
    ['an unknown element', '\n <nickname value="a"/>', 'unknown-element', 'Patient.nickname', 2, 2],
    ['an unknown attribute', '\n <name family="a"/>', 'unknown-element', 'Patient.name[0]', 2, 2],
    [
      'an attribute as element',
      '\n <name><id value="a"/></name>',
      'unknown-element',
      'Patient.name[0]',
      2,
      2,
    ],
    ['text', '\n <birthDate value="2026">x</birthDate>', 'unknown-element', 'Patient.birthDate', 2, 2],
    [
      'a name of JSON',
      '<active value="true"/>\n<resourceType value="a"/>',
      'unknown-element',
      'Patient',
      1,
      1,
    ],
    ['a companion', '<_active value="true"/>', 'unknown-element', 'Patient', 1, 1],
    [
      'a repeat',
      '\n<gender value="male"/>\n<gender value="male"/>',
      'array-unexpected',
      'Patient.gender',
      2,
      1,
    ],
    ['no value', '<active value="true"/>\n<gender/>', 'ele-1', 'Patient.gender', 2, 1],
    ['an order', '<gender value="male"/>\n<active value="true"/>', 'element-order', 'Patient.active', 2, 1],
    [
      'FHIR within XHTML',
      '<text><status value="empty"/>\n<h:div xmlns:h="http://www.w3.org/1999/xhtml"><p>a</p></h:div></text>',
      'narrative',
      'Patient.text.div',
      2,
      1,
    ],
    [
      'an order of choices',
      '<multipleBirthInteger value="1"/>\n<deceasedBoolean value="false"/>',
      'element-order',
      'Patient.deceased',
      2,
      1,
    ],
    [
      'an order within',
      '\n<name><given value="A"/>\n<prefix value="B"/><given value="C"/></name>',
      'element-order',
      'Patient.name[0].given',
      2,
      7,
    ],
    [
      'a type of XML Schema',
      '\n<active xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="a" value="true"/>',
      'unknown-element',
      'Patient.active',
      2,
      1,
    ],
    ['a boolean that is none', '\n  <active value="1"/>', 'json-type', 'Patient.active', 2, 3],
    [
      'a number that is none',
      '\n<multipleBirthInteger value="1e2"/>',
      'json-type',
      'Patient.multipleBirth',
      2,
      1,
    ],
    [
      'an unknown resource',
      '<contained>\n<Pet/></contained>',
      'unknown-resource-type',
      'Patient.contained[0]',
      1,
      38,
    ],
  ];
  for (const [name, content, key, expression, line, col] of faults) {
    const { text, locator } = readXml(model, patient(content));
    const issues = validator.validate(parseJson(text)).filter(({ severity }) => severity === 'error');
    const found = issues.find((issue) => issue.key === key);
    t.ok(found, `${name}: ${JSON.stringify(issues)}`);
    if (!found) continue;
    t.ok(found.expression?.startsWith(expression), `${name}: ${found.expression}`);
    t.same(locator()(found.expression!), { line, col }, name);
  }
});

t.test('where a schema may be found is left out', async (t) => {
  const schema =
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir a.xsd"';
  t.same(read(`<Patient ${namespace} ${schema}><active value="true"/></Patient>`), {
    resourceType: 'Patient',
    active: true,
  });
});

t.test('the same fault in a resource and in what holds it is no property given twice', async (t) => {
  const { text } = readXml(model, patient('<contained id="a">x<Basic id="b">y</Basic></contained>'));
  t.match(parseJson(text), { contained: [{ resourceType: 'Basic', '@id': true, '#text': true }] });
});

t.test('an element is found by its FHIRPath, an absent one by its nearest ancestor', async (t) => {
  const xml = `<?xml version="1.0"?>
<Bundle ${namespace}>
  <entry>
    <resource>
      <Observation>
        <!-- <code/> -->
        <code><text value="a"/></code>
        <component><valueString value="<b/>"/></component>
        <component><code/>
        </component>
      </Observation>
    </resource>
  </entry>
</Bundle>`.replace('"<b/>"', '"&lt;b/>"');
  const locate = readXml(model, xml).locator();
  t.same(locate('Bundle'), { line: 2, col: 1 });
  t.same(locate('Bundle.entry[0].resource'), { line: 4, col: 5 });
  t.same(locate('Bundle.entry[0].resource.code.text'), { line: 7, col: 15 });
  t.same(locate('Bundle.entry[0].resource.code.coding[0].system'), { line: 7, col: 9 });
  t.same(locate('Bundle.entry[0].resource.component[0].value.ofType(string)'), { line: 8, col: 20 });
  t.same(locate('Bundle.entry[0].resource.component[0].valueString'), { line: 8, col: 20 });
  t.same(locate('Bundle.entry[0].resource.component[1].code'), { line: 9, col: 20 });
  t.same(locate('Bundle.entry[7].resource'), { line: 3, col: 3 });
});

t.test('what is no FHIR XML is refused with its place and without quoting it', async (t) => {
  const faults: [name: string, xml: string, line: number, col: number][] = [
    ['nothing', '', 1, 1],
    ['no XML', 'Secret', 1, 1],
    ['JSON', '{"a": "Secret"}', 1, 1],
    ['an end that is missing', patient('\n<name>'), 2, 16],
    ['an attribute twice', patient('\n<id value="Secret" value="Secret"/>'), 2, 35],
    ['an unknown entity', patient('\n<id value="&Secret;"/>'), 2, 19],
    ['two roots', `${patient('')}\n${patient('')}`, 2, 9],
    ['text after the root', `${patient('')}\n\n Secret`, 3, 2],
    ['no namespace', '<Patient/>', 1, 1],
    ['another namespace', patient('\n<name xmlns="urn:Secret"/>'), 2, 1],
    ['an unbound prefix', patient('\n<s:name/>'), 2, 9],
    ['two resources in one place', patient('<contained><Basic/>\n<Basic/></contained>'), 2, 1],
    ['another encoding', `<?xml version="1.0" encoding="latin1"?>\n${patient('')}`, 1, 39],
  ];
  for (const [name, xml, line, col] of faults) {
    const { status, message, issues } = refusalOf(xml);
    t.equal(status, 400, name);
    t.match(issues[0], { key: 'malformed-xml', code: 'structure', line, col }, name);
    t.notMatch(message, /Secret/, name);
  }
});

t.test('a DOCTYPE is refused, so nothing is ever expanded or fetched', async (t) => {
  for (const type of [
    '<!DOCTYPE Patient>',
    '<!DOCTYPE Patient [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>',
    '<!DOCTYPE Patient SYSTEM "file:///etc/passwd">',
  ]) {
    const { issues } = refusalOf(`${type}${patient('<id value="&c;"/>')}`);
    t.match(issues[0], { key: 'malformed-xml', text: /DOCTYPE/ });
  }
});

t.test('nesting is bounded, whatever nests', async (t) => {
  const item = (depth: number) => '<item>'.repeat(depth) + '</item>'.repeat(depth);
  const form = (depth: number) => `<Questionnaire ${namespace}>${item(depth)}</Questionnaire>`;
  t.doesNotThrow(() => parseJson(readXml(model, form(99)).text));
  t.match(refusalOf(form(100)).issues[0], { key: 'malformed-xml', text: /deeper/ });
  t.match(refusalOf('<a>'.repeat(200_000)).issues[0], { key: 'malformed-xml' });
});

t.test('the number of elements is bounded', async (t) => {
  t.match(refusalOf(patient('<a/>'.repeat(2_000_000))), { status: 413, issues: [{ key: 'too-large' }] });
});

t.test('any text is read or refused, and what is read is JSON', async (t) => {
  const sound = patient(
    `<id value="a"/><text><status value="empty"/><div ${xhtml}>x</div></text><name id="i"><given value="A"/></name>`,
  );
  const pieces = fc.constantFrom(
    '<',
    '>',
    '/',
    '"',
    '&',
    '&#0;',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '<name>',
    '\ud800',
    '',
  );
  const counts = { read: 0, refused: 0 };
  fc.assert(
    fc.property(fc.nat(sound.length), fc.nat(12), pieces, (at, cut, piece) => {
      const xml = sound.slice(0, at) + piece + sound.slice(at + cut);
      try {
        parseJson(readXml(model, xml).text);
        counts.read++;
      } catch (error) {
        if (!(error instanceof FhirError) || error.issues[0]?.key !== 'malformed-xml') throw error;
        counts.refused++;
      }
    }),
    { numRuns: 3000 },
  );
  t.ok(counts.read > 10 && counts.refused > 1000, JSON.stringify(counts));
});
