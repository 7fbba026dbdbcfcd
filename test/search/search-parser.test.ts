/** What a query means, what it depends on, and what is refused. */
import t from 'tap';
import { FhirError } from '../../src/core/fhir-error.ts';
import { openRegistry } from '../../src/fhir/open-registry.ts';
import { createSearchParser } from '../../src/search/create-search-parser.ts';
import type { SearchRequest } from '../../src/search/search-request.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const parse = createSearchParser({
  registry: openRegistry(),
  localBases: ['http://local/fhir'],
  clock: { now: () => now },
});

/** A query as a client writes it, decoded. */
function search(type: string, query: string, handling: 'strict' | 'lenient' = 'strict'): SearchRequest {
  const pairs = query.split('&').map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  return parse(type, query === '' ? [] : pairs, handling);
}

function refusal(type: string, query: string, handling: 'strict' | 'lenient' = 'strict') {
  try {
    search(type, query, handling);
  } catch (error) {
    if (error instanceof FhirError) return { status: error.status, ...error.issues[0] };
    throw error;
  }
  return undefined;
}

t.test('a search without conditions finds everything, fifty at a time', (t) => {
  t.match(search('Patient', ''), {
    where: { kind: 'all' },
    sort: [],
    count: 50,
    total: 'none',
    countOnly: false,
    scopes: ['Patient'],
    applied: [],
  });
  t.end();
});

t.test('conditions are joined by and, values of one by or', (t) => {
  const { where } = search('Observation', 'status=final,amended&category=a');
  t.same(where, {
    kind: 'and',
    nodes: [
      {
        kind: 'or',
        nodes: [
          { kind: 'term', term: 'Observation.status=final' },
          { kind: 'term', term: 'Observation.status=amended' },
        ],
      },
      { kind: 'term', term: 'Observation.category=a' },
    ],
  });
  t.end();
});

t.test('escaped separators belong to the value', (t) => {
  const { where } = search('Observation', 'code=urn:x\\|y|a\\,b\\$c\\\\d');
  t.same(where, { kind: 'term', term: 'Observation.code|urn:x||y|a,b$c\\d', orderedBy: 'Observation.date' });
  t.end();
});

t.test('a patient and a code are looked up as one term', (t) => {
  const joint = { kind: 'term', term: 'Patient/1&Observation.code|http://loinc.org|44261-6' };
  const code = 'code=http://loinc.org|44261-6';
  t.same(search('Observation', `patient=1&${code}`).where, joint);
  t.same(search('Observation', `${code}&patient=Patient/1`).where, joint);
  t.same(search('Observation', `subject=Patient/1&${code}`).where, joint);
  t.same(search('Observation', `subject:Patient=1&${code}`).where, joint);
  t.same(search('Observation', `patient=http://local/fhir/Patient/1&${code}`).where, joint);
  t.end();
});

t.test('where the patient is not certain, no joint term is used', (t) => {
  for (const who of ['subject=1', 'subject=Group/1', 'subject=Patient/1,Group/2', 'performer=Patient/1']) {
    const text = JSON.stringify(search('Observation', `${who}&code=a`).where);
    t.notMatch(text, /Patient\/1&/, who);
    t.match(text, /Observation\.code=a/, who);
  }
  t.notMatch(JSON.stringify(search('Observation', 'patient=1&code:not=a').where), /&Observation/, ':not');
  t.end();
});

t.test('a search bound to a patient depends on that compartment only', (t) => {
  t.same(search('Observation', 'patient=1&code=a').scopes, ['Observation@1']);
  t.same(search('Observation', 'patient=1,2').scopes, ['Observation@1', 'Observation@2']);
  t.same(search('Observation', 'subject=Patient/1').scopes, ['Observation@1']);
  t.same(search('Observation', 'performer=Patient/1').scopes, ['Observation@1']);
  t.same(search('Observation', 'subject=1').scopes, ['Observation'], 'may be a group');
  t.same(search('Observation', 'patient:missing=false').scopes, ['Observation']);
  t.same(search('Observation', 'subject=Patient/1,Group/2').scopes, ['Observation']);
  t.same(search('Observation', 'patient=http://other/fhir/Patient/1').scopes, ['Observation']);
  t.same(search('Practitioner', 'identifier=1').scopes, ['Practitioner']);
  t.end();
});

t.test('what is included is depended on too', (t) => {
  const query = 'patient=1&_include=Procedure:encounter:Encounter&_revinclude=Observation:part-of';
  const { scopes, includes, revincludes } = search('Procedure', query);
  t.same(scopes, ['Procedure@1', 'Encounter', 'Observation']);
  t.same(includes, [
    { sourceType: 'Procedure', parameter: 'encounter', targetType: 'Encounter', iterate: false },
  ]);
  t.same(revincludes, [
    { sourceType: 'Observation', parameter: 'part-of', targetType: undefined, iterate: false },
  ]);
  const all = search('Procedure', '_include=*');
  t.match(all.includes, [{ sourceType: 'Procedure', parameter: '*' }]);
  t.ok(all.scopes.includes('Practitioner'));
  const referring = search('Procedure', '_revinclude=*').revincludes.map(({ sourceType }) => sourceType);
  for (const type of ['Observation', 'Provenance', 'List']) t.ok(referring.includes(type), type);
  t.notOk(referring.includes('Patient'), 'has no reference to a procedure');
  t.end();
});

t.test('a chain asks a condition of what is referred to, and depends on it', (t) => {
  const name = { kind: 'string', match: 'prefix', param: 'Patient.name', text: 'ann' };
  const patient = { kind: 'refers', termPrefix: 'Observation.subject|Patient/', to: 'Patient', where: name };
  const typed = search('Observation', 'subject:Patient.name=Ann');
  t.same(typed.where, patient);
  t.same(typed.scopes, ['Observation', 'Patient']);
  t.same(
    search('Observation', 'subject.birthdate=2000').scopes,
    ['Observation', 'Patient'],
    'only a patient has one',
  );
  const deep = search('Observation', 'patient=1&encounter.location.organization.name=x');
  t.same(deep.scopes, ['Observation@1', 'Encounter', 'Location', 'Organization']);
  t.match(deep.where, {
    nodes: [{}, { to: 'Encounter', where: { to: 'Location', where: { to: 'Organization' } } }],
  });
  t.end();
});

t.test('a reverse chain asks a condition of what refers to the resource', (t) => {
  const { where, scopes } = search(
    'Patient',
    '_has:Observation:patient:_has:Provenance:target:recorded=2026',
  );
  t.match(where, {
    kind: 'referred',
    by: 'Observation',
    param: 'Observation.patient',
    where: { kind: 'referred', by: 'Provenance', param: 'Provenance.target', where: { kind: 'range' } },
  });
  t.same(scopes, ['Patient', 'Observation', 'Provenance']);
  for (const query of [
    '_has:Observation:patient=1',
    '_has:Observation:code:code=1',
    '_has:Nothing:patient:code=1',
  ]) {
    t.match(refusal('Patient', query), { status: 400 }, query);
  }
  t.match(refusal('Encounter', '_has:Observation:patient:code=1'), {
    key: 'unknown-modifier',
    text: /Patient/,
  });
  t.end();
});

t.test('a chain ends somewhere', (t) => {
  const query = `${'partof.'.repeat(9)}name=x`;
  t.match(refusal('Organization', query), { status: 400, text: /links/ });
  t.match(refusal('Provenance', 'target.identifier=1'), { status: 400, text: /must name the type/ });
  t.equal(search('Provenance', 'target:Patient.identifier=1').scopes?.length, 2);
  t.end();
});

t.test('zones may arrive with their plus as a space', (t) => {
  const plus = search('Observation', 'date=2026-01-01T00:00:00+01:00').where;
  t.same(search('Observation', 'date=2026-01-01T00:00:00 01:00').where, plus);
  t.end();
});

t.test('_id and _lastUpdated are asked of the store', (t) => {
  t.same(search('Patient', '_id=1,2').where, { kind: 'ids', ids: ['1', '2'] });
  const low = Date.parse('2026-01-01');
  const high = Date.parse('2026-01-02');
  const since = (query: string) => search('Patient', `_lastUpdated=${query}`).where;
  const updated = (...where: [string, number][]) => ({
    kind: 'updated',
    where: where.map(([op, value]) => ({ column: 'low', op, value })),
  });
  t.same(since('2026-01-01'), updated(['>=', low], ['<', high]));
  t.same(since('gt2026-01-01'), updated(['>=', high]));
  t.same(since('lt2026-01-01'), updated(['<', low]));
  t.same(since('ge2026-01-01'), updated(['>=', low]));
  t.same(since('le2026-01-01'), updated(['<', high]));
  t.end();
});

t.test('results are sorted by several keys', (t) => {
  t.same(search('Observation', '_sort=-date,code,_id,-_lastUpdated').sort, [
    { by: 'date', params: ['Observation.date'], descending: true },
    { by: 'value', params: ['Observation.code'], descending: false },
    { by: 'id', descending: false },
    { by: 'updated', descending: true },
  ]);
  t.match(refusal('Observation', `_sort=${Array(9).fill('date').join(',')}`), {
    status: 400,
    text: /at most 8/,
  });
  t.match(refusal('Observation', '_sort=nonsense'), { status: 400, text: /_lastUpdated/ });
  t.end();
});

t.test('the page size is bounded, and what was applied says so', (t) => {
  t.match(search('Patient', '_count=5000'), { count: 1000, applied: [['_count', '1000']] });
  t.match(search('Patient', '_count=0'), { count: 0, countOnly: true });
  t.match(search('Patient', '_summary=count&_total=accurate'), { countOnly: true, total: 'accurate' });
  for (const query of ['_count=-1', '_count=x', '_total=all', '_summary=everything']) {
    t.match(refusal('Patient', query), { status: 400, key: 'invalid-parameter' }, query);
  }
  t.end();
});

t.test('what only shapes the text of the answer is no condition', (t) => {
  t.match(search('Patient', '_format=json&_pretty=true'), {
    where: { kind: 'all' },
    applied: [],
  });
  t.end();
});

t.test('an unknown parameter is refused with the names of those that exist', (t) => {
  t.match(refusal('Patient', 'nmae=x'), { status: 400, key: 'unknown-parameter', text: /birthdate.*name/ });
  t.match(refusal('Patient', 'constructor=x'), { key: 'unknown-parameter' });
  for (const query of [
    '_filter=nmae eq x',
    '_has=x',
    '_query=x',
    'general-practitioner.nmae=x',
    'name.x=1',
  ]) {
    t.match(refusal('Patient', query), { status: 400, key: 'unknown-parameter' }, query);
  }
  t.end();
});

t.test('an unknown modifier is refused with the names of those that exist', (t) => {
  t.match(refusal('Patient', 'name:like=x'), { status: 400, key: 'unknown-modifier', text: /exact/ });
  t.match(refusal('Observation', 'date:exact=2026'), { key: 'unknown-modifier', text: /missing/ });
  t.match(refusal('Observation', 'encounter:Patient=1'), { key: 'unknown-modifier', text: /Encounter/ });
  t.match(refusal('Observation', 'encounter:Patient.name=x'), { key: 'unknown-modifier', text: /Encounter/ });
  t.match(refusal('Observation', '_include:all=Observation:subject'), { key: 'unknown-modifier' });
  t.end();
});

t.test('lenient handling ignores what is unknown and says so, and applies the rest', (t) => {
  const { applied, issues, where } = search('Patient', 'nmae=x&gender=male&name:like=y&gender=', 'lenient');
  t.same(applied, [['gender', 'male']]);
  t.same(where, { kind: 'term', term: 'Patient.gender=male' });
  t.match(issues, [
    { severity: 'warning', key: 'unknown-parameter' },
    { severity: 'warning', key: 'unknown-modifier' },
    { severity: 'warning' },
  ]);
  t.match(refusal('Patient', 'birthdate=soon', 'lenient'), { status: 400, key: 'invalid-parameter' });
  t.end();
});

t.test('a value that cannot be understood is refused without repeating it', (t) => {
  const wrong: readonly [string, string][] = [
    ['Patient', 'birthdate=secret'],
    ['Patient', 'birthdate=2026-13-45'],
    ['Patient', 'gender='],
    ['Patient', 'gender=male,,female'],
    ['Patient', 'gender=|'],
    ['Patient', 'gender:missing=secret'],
    ['Patient', 'identifier:of-type=secret'],
    ['Observation', 'value-quantity=secret'],
    ['Observation', 'value-quantity=5|http://unitsofmeasure.org'],
    ['Observation', 'subject:Patient=Group/secret'],
    ['Observation', 'subject=#secret'],
    ['Observation', 'code-value-quantity=secret'],
    ['Observation', 'code-value-quantity:missing=true'],
    ['Observation', '_filter=code-value-quantity pr true'],
    ['Observation', '_filter=code-value-quantity ne 8480-6$gt1'],
    ['Observation', 'code:below=http://example.org/CodeSystem/secret|x'],
    ['RiskAssessment', 'probability=secret'],
    ['Observation', '_include=Patient:secret'],
    ['Observation', '_include=Patient:link'],
    ['Observation', '_revinclude=Encounter:subject'],
  ];
  for (const [type, query] of wrong) {
    const found = refusal(type, query);
    t.equal(found?.status, 400, `${type}?${query}`);
    t.notMatch(found?.text, /secret/);
  }
  t.match(refusal('Nonsense', ''), { status: 404, key: 'unknown-type' });
  t.end();
});

t.test('a value set that does not ship is left to the store, and the answer rests on it', (t) => {
  const named = { kind: 'member', param: 'Observation.code', valueSet: 'urn:mine', code: 'code' };
  const { where, scopes } = search('Observation', 'patient=Patient/1&code:not-in=urn:mine');
  t.match(where, { kind: 'and', nodes: [{}, { kind: 'not', node: named }] });
  t.same(scopes, ['Observation@1', 'ValueSet', 'CodeSystem']);
  const chained = search('Patient', '_has:Observation:patient:code:in=urn:mine');
  t.same(chained.scopes, ['Patient', 'Observation', 'ValueSet', 'CodeSystem']);
  const filtered = search('Observation', '_filter=status eq final or code in "urn:mine"');
  t.match(filtered.where, { kind: 'or', nodes: [{}, named] });
  t.same(filtered.scopes, ['Observation', 'ValueSet', 'CodeSystem']);
  t.same(search('Patient', 'gender:in=http://hl7.org/fhir/ValueSet/administrative-gender').scopes, [
    'Patient',
  ]);
  t.end();
});

t.test('a value set is searched as the codes it holds', (t) => {
  const { where } = search('Patient', 'gender:in=http://hl7.org/fhir/ValueSet/administrative-gender');
  const system = 'http://hl7.org/fhir/administrative-gender';
  const nodes = ['male', 'female', 'other', 'unknown'].map((code) => ({
    kind: 'term',
    term: `Patient.gender|${system}|${code}`,
  }));
  t.same(where, { kind: 'or', nodes });
  t.match(search('Patient', 'gender:not-in=http://hl7.org/fhir/ValueSet/administrative-gender').where, {
    kind: 'not',
  });
  t.end();
});
