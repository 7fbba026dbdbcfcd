/** JSON to FHIR XML: form, order and characters. */
import t from 'tap';
import { readXml } from '../../src/fhir/xml-reader.ts';
import { parseXml } from '../../src/fhir/xml-tree.ts';
import { writeXml } from '../../src/fhir/xml-writer.ts';
import { registry } from '../support/registry.ts';

const { model } = registry();
const head = '<?xml version="1.0" encoding="UTF-8"?>';

function write(json: string): string {
  return writeXml(model, json).replace(head, '').replace(' xmlns="http://hl7.org/fhir"', '');
}

t.test('elements come in the order of their definition, whatever the order in JSON', async (t) => {
  t.equal(
    write(
      '{"code":{"text":"a","id":"c"},"status":"final","id":"x","resourceType":"Observation","extension":[{"valueCode":"b","url":"u"}]}',
    ),
    '<Observation><id value="x"/><extension url="u"><valueCode value="b"/></extension><status value="final"/><code id="c"><text value="a"/></code></Observation>',
  );
});

t.test('decimals are written to the digit', async (t) => {
  for (const spelled of ['1.50', '-0.0', '1E3', '0.000000000000000000010']) {
    t.match(
      write(`{"resourceType":"Observation","valueQuantity":{"value":${spelled}}}`),
      `<value value="${spelled}"/>`,
    );
  }
});

t.test('what stands beside a primitive value joins it in one element', async (t) => {
  t.equal(
    write(
      '{"resourceType":"Patient","name":[{"given":["A",null],"_given":[{"id":"g"},{"extension":[{"url":"u"}]}]}],"_active":{"id":"a"}}',
    ),
    '<Patient><active id="a"/><name><given id="g" value="A"/><given><extension url="u"/></given></name></Patient>',
  );
});

t.test('a resource in a resource stands in an element of its type', async (t) => {
  t.equal(
    write(
      '{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Basic","id":"b"}}]}',
    ),
    '<Bundle><type value="batch"/><entry><resource><Basic><id value="b"/></Basic></resource></entry></Bundle>',
  );
});

t.test('narrative is written as XHTML; one that is no XML cannot break the document', async (t) => {
  const div = (text: string) =>
    write(JSON.stringify({ resourceType: 'Basic', text: { status: 'generated', div: text } })).replace(
      /.*<status value="generated"\/>(.*)<\/text>.*/s,
      '$1',
    );
  const sound = '<div xmlns="http://www.w3.org/1999/xhtml"><p title="a&quot;b">x<br/></p></div>';
  t.equal(div(sound), sound);
  t.equal(
    div('<div xmlns="http://www.w3.org/1999/xhtml">a&nbsp;b</div>'),
    '<div xmlns="http://www.w3.org/1999/xhtml">a&#160;b</div>',
  );
  for (const broken of [
    '<div><p></div>',
    '</div></text>',
    '<div/><div/>',
    '<!DOCTYPE a><div/>',
    '<?xml version="1.0"?><div/>',
    '<div>\ud800</div>',
  ]) {
    const xml = writeXml(model, JSON.stringify({ resourceType: 'Basic', text: { div: broken } }));
    t.doesNotThrow(() => parseXml(xml), broken);
  }
});

t.test('every text is written as well-formed XML', async (t) => {
  const text = 'a<b>&"\'\t\r\n ]]> \u0085\u2028\ufffd🦄';
  const json = JSON.stringify({ resourceType: 'Basic', code: { text } });
  t.equal(JSON.parse(readXml(model, writeXml(model, json)).text).code.text, text);
  const illegal = JSON.stringify({ resourceType: 'Basic', code: { text: 'a\u0000\u001f\ufffe\ud800b' } });
  t.match(
    writeXml(model, illegal),
    '<text value="a\ufffd\ufffd\ufffd\ufffdb"/>',
    'what XML cannot spell is replaced',
  );
});

t.test('printed for people, elements stand on lines of their own', async (t) => {
  t.equal(
    writeXml(model, '{"resourceType":"Patient","name":[{"family":"a"}],"active":true}', { pretty: true }),
    `${head}
<Patient xmlns="http://hl7.org/fhir">
  <active value="true"/>
  <name>
    <family value="a"/>
  </name>
</Patient>
`,
  );
});
