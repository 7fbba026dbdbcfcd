import fc from 'fast-check';
import t from 'tap';
import { type NarrativeFault, readNarrative } from '../../src/validator/checks/narrative.ts';
import { errors, findings } from './parts.ts';

const div = (content: string) => `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>`;

/** https://hl7.org/fhir/R4/narrative.html#xhtml */
const table: Record<string, [text: string, fault: NarrativeFault | undefined][]> = {
  'good narrative passes': [
    [div('text'), undefined],
    [` ${div('a <b>b</b><br/> <i>c</i>')} `, undefined],
    [` <!-- a -->\n<!-- b --> ${div('x')} <!-- c -->`, undefined],
    [div('a&#160;b'), undefined],
    [div('<p title="a &gt; b">&amp; &#160; &#x20; &lt;</p>'), undefined],
    [div('&#9;&#xa;&#xD;&#32;&#xD7FF;&#xFFFD;&#x1F600;&#x10FFFF;'), undefined],
    [div('<p xmlns="http://www.w3.org/1999/xhtml">x</p>'), undefined],
    [div('<img src="#x" alt="x"/>'), undefined],
    [div('<a href="http://x/y">y</a><a name="z"></a>'), undefined],
    [
      div('<!-- <b> --><table class="grid"><tbody><tr><td colspan="2">x</td></tr></tbody></table>'),
      undefined,
    ],
    [`<div xmlns='http://www.w3.org/1999/xhtml' xml:lang="de" lang='de'>x</div>`, undefined],
    [div('<p>a</p><![CDATA[b < c & d]]>'), undefined],
    [div('<map name="m"><area nohref="nohref" alt="x"/></map>x'), undefined],
    [
      div(
        '<ol start="3"><li value="3">x</li></ol><table bgcolor="#fff"><tr><td nowrap="nowrap">x</td></tr></table>',
      ),
      undefined,
    ],
    [div('<p data-fhir="generated" align="left">x</p>'), undefined],
  ],
  'text that is not one well-formed div is malformed': [
    ['text', 'malformed'],
    ['<div>no namespace</div>', 'malformed'],
    ['<p xmlns="http://www.w3.org/1999/xhtml">x</p>', 'malformed'],
    [div('<b>x</i>'), 'malformed'],
    [div('<b>x'), 'malformed'],
    [`${div('x')}y`, 'malformed'],
    [`${div('x')}<p>y</p>`, 'malformed'],
    [div('a &reg; b'), 'malformed'],
    [div('a&nbsp;b'), 'malformed'],
    [`<!-- a -->y${div('x')}`, 'malformed'],
    ['<!-- a -->', 'malformed'],
    ['<!-- a --><p xmlns="http://www.w3.org/1999/xhtml">x</p>', 'malformed'],
    [`<![CDATA[x]]>${div('x')}`, 'malformed'],
    [div('a & b'), 'malformed'],
    [div('<td nowrap>x</td>'), 'malformed'],
    [div('<p class=x>x</p>'), 'malformed'],
    ['<!DOCTYPE html><div xmlns="http://www.w3.org/1999/xhtml">x</div>', 'malformed'],
    [div('a < b'), 'malformed'],
    [div('a &#0; b'), 'malformed'],
    [div('a &#31; b'), 'malformed'],
    [div('a &#xD800; b'), 'malformed'],
    [div('a &#xFFFE; b'), 'malformed'],
    [div('a &#x110000; b'), 'malformed'],
    [div('a &#99999999999999999999; b'), 'malformed'],
    [div('<p title="&#1;">x</p>'), 'malformed'],
    [div('<p class="a" class="b">x</p>'), 'malformed'],
    [div('<!-- a -- b -->x'), 'malformed'],
    [div('<!-- a --->x'), 'malformed'],
    [div('<![CDATA[x'), 'malformed'],
    [div('<!a>x'), 'malformed'],
  ],
  'elements and attributes beyond the basic ones break txt-1': [
    [div('<script>x</script>'), 'content'],
    [div('<p onclick="x()">x</p>'), 'content'],
    [div('<form>x</form>'), 'content'],
    [div('<iframe src="http://x"/>x'), 'content'],
    [div('<a href="javascript:x()">x</a>'), 'content'],
    [div('<a href="&#106;avascript:x()">x</a>'), 'content'],
    [div('<a href="javascript&#x3A;x()">x</a>'), 'content'],
    [div('<font>x</font>'), 'content'],
    [div('<p xmlns="http://www.w3.org/2000/svg">x</p>'), 'content'],
    [div('<link rel="stylesheet" href="x"/>x'), 'content'],
    [div('<p href="http://x/y">x</p>'), 'content'],
    [div('<b border="1">x</b>'), 'content'],
    [div('<a href="http://x/y" target="_blank">x</a>'), 'content'],
    ['<div xmlns="http://www.w3.org/1999/xhtml" value="x">x</div>', 'content'],
  ],
  'links lead where a reader can follow': [
    [div('<a href="urn:uuid:c757873d-ec9a-4326-a141-556f43239520">x</a>'), 'link'],
    [div('<a href="cid:a">x</a>'), 'link'],
    [div('<img alt="x" src="cid:a"/><a href="ldap://x/y">x</a><a href="x-own:y">x</a>'), undefined],
    [
      div('<a href="MAILTO:a@b.c">x</a><a href="#a">y</a><a href="tel:1">z</a><a href="x/y.html">z</a>'),
      undefined,
    ],
  ],
  'blocks do not stand in paragraphs': [
    [div('<p><ul><li>x</li></ul></p>'), 'block'],
    [div('<p>x<span><div>y</div></span></p>'), 'block'],
    [div('<div><p>x<span>y</span></p><div>z</div></div>'), undefined],
  ],
  'elements stand where HTML has a place for them': [
    [div('<p>x <b>y</b></p><ul> <li>x<ul><li>y</li></ul></li> </ul>'), undefined],
    [div('<dl><dt>x</dt><dd><p>y</p></dd></dl><table><tr><td><p>x</p></td></tr></table>'), undefined],
    [div('<li>x</li>'), 'place'],
    [div('<ul>x</ul>'), 'place'],
    [div('<ul><![CDATA[x]]></ul>'), 'place'],
    [div('<table><td>x</td></table>'), 'place'],
    [div('<table><tr>x</tr></table>'), 'place'],
    [div('<table><tbody><td>x</td></tbody></table>'), 'place'],
    [div('<br>x</br>'), 'place'],
  ],
  'links and images have URLs': [
    [div('<a href="http://x/y?a=b&amp;c=d%20e#f">x</a>'), undefined],
    [div('<img alt="x" src="data:image/png;base64,iVBORw0KGgo="/>'), undefined],
    [div('<a href="http://x/y z">x</a>'), 'url'],
    [div('<a href="http://x/&#228;?a=&#39;b&#39;">x</a>'), undefined],
    [div('<a href="">x</a>'), 'url'],
    [div('<a href="java&#9;script:x()">x</a>'), 'url'],
    [div('<a href="http://x/y&#32;z">x</a>'), 'url'],
    [div('<a href="http://x/{id}">x</a>'), 'url'],
    [div('<img alt="x" src="data:image/png;base64,iVBO,Rw0="/>'), 'url'],
    [
      div('<img alt="x" src="data:image/svg+xml;charset=utf-8,%3Csvg/%3E"/><a href="data:,x">x</a>'),
      undefined,
    ],
    [div('<img alt="x" src="data:image/svg+xml,<svg/>"/>'), 'malformed'],
    [div('<img alt="x" src="data:image/png,a b"/>'), 'url'],
    [div('<img alt="x" src="data:image/png,"/>'), 'url'],
    [div('<img alt="x" src="data:png;base64,iVBORw0KGgo="/>'), 'url'],
    [div('<img alt="x" src="data:"/>'), 'url'],
  ],
  'white space alone is blank': [
    [div(' <p> \n</p> '), 'blank'],
    [div('\n'), 'blank'],
  ],
  'what has no text and no image is empty': [
    [div(''), 'empty'],
    [div('<p></p><br/><ul><li></li></ul>'), 'empty'],
    [div('<!-- x -->'), 'empty'],
    [div('<img alt="x" src="#y"/>'), undefined],
    ['<div xmlns="http://www.w3.org/1999/xhtml"/>', 'empty'],
  ],
};

for (const [name, rows] of Object.entries(table)) {
  t.test(name, async (t) => {
    for (const [text, fault] of rows) t.equal(readNarrative(text).fault, fault, text);
  });
}

t.test('control characters, which JSON can escape and XML has not, are found', async (t) => {
  const patient = (escaped: string) =>
    `{"resourceType":"Patient","text":{"status":"generated","div":${JSON.stringify(div('?')).replace('?', () => escaped)}}}`;
  const faults = (text: string, given = true) => {
    const options = given ? { text } : {};
    return findings(JSON.parse(text), 'error', options).filter((finding) => finding.startsWith('narrative'));
  };
  for (const content of ['a\\u0001b', 'a\\u000bb', 'a\\bb', "<p title='\\f'>x</p>", '\\u001f']) {
    const text = patient(content);
    t.same(faults(text), ['narrative @ Patient.text.div'], content);
    t.same(faults(text, false), ['narrative @ Patient.text.div'], content);
  }
  for (const content of ['a\\tb\\nc\\rd', '\\u00e4', '\\u0009x\\u000a', '\\\\b \\\\f \\\\u0001'])
    t.same(faults(patient(content)), [], content);
});

t.test('links within lead to an element or a name, in the resource or the bundle around it', async (t) => {
  const patient = (content: string, more: object = {}) => ({
    resourceType: 'Patient',
    id: 'p',
    text: { status: 'generated', div: div(content) },
    ...more,
  });
  const link = '<a href="#there">x</a>';
  const lost = (resource: object) =>
    findings(resource, 'warning').filter((finding) => finding.startsWith('narrative-fragment'));
  t.same(lost(patient(link)), ['narrative-fragment @ Patient.text.div']);
  t.same(lost(patient(`${link}<p id="there">y</p>`)), []);
  t.same(lost(patient(`${link}<a name='there'>y</a>`)), []);
  t.same(lost(patient(link, { name: [{ id: 'there', family: 'z' }] })), []);
  t.same(lost(patient('<a href="#p">x</a>')), []);
  const bundle = (id: string) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      { fullUrl: 'http://x.com/Patient/p', resource: patient(link) },
      { fullUrl: 'http://x.com/Practitioner/b', resource: { resourceType: 'Practitioner', id } },
    ],
  });
  t.same(lost(bundle('there')), []);
  t.same(lost(bundle('elsewhere')), ['narrative-fragment @ Bundle.entry[0].resource.text.div']);
});

t.test('a narrative has content; white space alone is warned of', async (t) => {
  const said = (content: string, severity: 'error' | 'warning') =>
    findings({ resourceType: 'Patient', text: { status: 'generated', div: div(content) } }, severity);
  t.same(said('', 'error'), ['narrative-empty @ Patient.text.div']);
  t.same(said(' ', 'error'), []);
  t.same(said(' ', 'warning'), ['narrative-empty @ Patient.text.div']);
});

t.test('only blocks in paragraphs make a narrative unacceptable', async (t) => {
  const said = (content: string, severity: 'error' | 'warning') =>
    findings({ resourceType: 'Patient', text: { status: 'generated', div: div(content) } }, severity);
  t.same(said('<p><div>x</div></p>', 'error'), ['narrative-structure @ Patient.text.div']);
  t.same(said('<li>x</li>', 'error'), []);
  t.same(said('<li>x</li>', 'warning'), ['narrative-structure @ Patient.text.div']);
});

t.test('what a narrative says its parts tell of, and the parts, are there', async (t) => {
  const patient = (htmlid: string, data: string) => ({
    resourceType: 'Patient',
    text: {
      extension: [
        {
          url: 'http://hl7.org/fhir/StructureDefinition/textLink',
          extension: [
            { url: 'htmlid', valueString: htmlid },
            { url: 'data', valueUri: data },
          ],
        },
      ],
      status: 'generated',
      div: div('<p id="a">x</p>'),
    },
    name: [{ id: 'n', family: 'x' }],
  });
  t.same(errors(patient('a', '#n')), []);
  t.same(errors(patient('b', '#n')), ['local-id-unknown @ Patient.text.extension[0].extension[0].value']);
  t.same(errors(patient('a', '#m')), ['local-id-unknown @ Patient.text.extension[0].extension[1].value']);
});

/** Whole lines and rows, and pieces of them that make others of what stands around. */
const pieces = [
  ...[
    '<p>x</p>',
    '<p><b>x</b> y</p> ',
    '<p title="x">x<span>y</span></p>',
    '<p/>',
    '<p>x&lt;y</p>',
    '<p>x&y</p>',
  ],
  ...[
    '<tr><td>x</td></tr>',
    '<tr><td><b>x</b></td> <td/></tr>',
    '<tr>x</tr>',
    '<tr class="a"><td>x</td></tr>',
  ],
  ...['<p>', '</p>', '<tr>', '</tr>', '<td>', '</td>', '<b>', '</b>', '<table>', '</table>', '<ul>', '</ul>'],
  ...[
    '<p><a href="#x">x</a></p>',
    '<p class="x" class="y">x</p>',
    '<p><script>x</script></p>',
    '<p><b><i>x</i></b></p>',
  ],
  ...[
    'x',
    ' ',
    '\n',
    '&amp;',
    '<',
    '>',
    '"',
    '<!-- x -->',
    '<img src="#y"/>',
    '<p><p>x</p></p>',
    '<blink>x</blink>',
  ],
];

t.test('lines and rows in a row are judged as each of them by itself', async (t) => {
  let sound = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (chosen) => {
      const text = div(chosen.join(''));
      const reading = readNarrative(text);
      // An attribute that lines and rows seldom have makes single elements of them.
      const apart = readNarrative(text.replaceAll(/<(p|tr)\b(?!\/)/g, '<$1 dir="ltr"'));
      if (reading.fault === undefined) sound++;
      return JSON.stringify(reading) === JSON.stringify(apart);
    }),
    { numRuns: 20_000 },
  );
  t.ok(sound > 100, `${sound} of them are sound`);
});
