/** What the index keeps of a resource, and what is read off one directly. */
import t from 'tap';
import { openRegistry } from '../../src/fhir/open-registry.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { createIndexer } from '../../src/search/create-indexer.ts';
import { createSearchParser } from '../../src/search/create-search-parser.ts';
import { meets } from '../support/memory-executor.ts';

const registry = openRegistry();
const localBases = ['http://local/fhir'];
const indexer = createIndexer({ registry, compile: createExpressionCompiler(registry.model), localBases });
const parse = createSearchParser({ registry, localBases });

/** Whether a resource is found by one parameter. */
function finds(resource: Resource, name: string, value: string): boolean {
  const { where } = parse(resource.resourceType, [[name, value]], 'strict');
  return meets(where, { id: resource.id ?? '', updated: 0, entries: indexer.index(resource) });
}

const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org';
const pressure: Resource = {
  resourceType: 'Observation',
  id: 'bp',
  status: 'final',
  category: [
    {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
    },
  ],
  code: { coding: [{ system: loinc, code: '85354-9' }] },
  subject: { reference: 'http://local/fhir/Patient/1' },
  encounter: { reference: 'Encounter/2/_history/4' },
  effectiveDateTime: '2026-01-05T10:00:00Z',
  component: [
    {
      code: { coding: [{ system: loinc, code: '8480-6' }] },
      valueQuantity: { value: 140, unit: 'mmHg', system: ucum, code: 'mm[Hg]' },
    },
    {
      code: { coding: [{ system: loinc, code: '8462-4' }] },
      valueQuantity: { value: 90, unit: 'mmHg', system: ucum, code: 'mm[Hg]' },
    },
  ],
};

t.test('a composite matches within one component, never across two', (t) => {
  const unit = `|${ucum}|mm[Hg]`;
  for (const parameter of ['component-code-value-quantity', 'combo-code-value-quantity']) {
    t.ok(finds(pressure, parameter, `${loinc}|8480-6$140${unit}`), 'systolic 140');
    t.ok(finds(pressure, parameter, `8480-6$gt130`), 'any system, any unit');
    t.ok(finds(pressure, parameter, `8480-6$gt130||mmHg`), 'the unit as people write it');
    t.notOk(finds(pressure, parameter, `${loinc}|8462-4$140${unit}`), 'diastolic 140');
    t.notOk(finds(pressure, parameter, `8462-4$gt100`), 'diastolic above 100');
    t.notOk(finds(pressure, parameter, `8480-6$140|${ucum}|kPa`), 'another unit');
  }
  t.end();
});

t.test('a composite of a code and two numbers takes them from one element', (t) => {
  const sequence: Resource = {
    resourceType: 'MolecularSequence',
    coordinateSystem: 0,
    referenceSeq: {
      chromosome: { coding: [{ system: 'urn:chr', code: '1' }] },
      windowStart: 10,
      windowEnd: 20,
    },
    variant: [
      { start: 11, end: 12 },
      { start: 15, end: 18 },
    ],
  };
  t.ok(finds(sequence, 'chromosome-window-coordinate', '1$ge10$le20'));
  t.notOk(finds(sequence, 'chromosome-window-coordinate', '1$gt10$le20'));
  t.ok(finds(sequence, 'chromosome-variant-coordinate', 'urn:chr|1$ge15$le18'));
  t.notOk(finds(sequence, 'chromosome-variant-coordinate', '1$ge15$le12'), 'of two variants');
  t.notOk(finds(sequence, 'chromosome-variant-coordinate', '2$ge15$le18'));
  t.end();
});

t.test('references to this server are local, whichever way they are written', (t) => {
  t.same(indexer.index(pressure).patients, ['1']);
  t.same(indexer.references(pressure, 'subject'), ['Patient/1']);
  t.same(indexer.references(pressure, 'encounter'), ['Encounter/2'], 'without the version');
  t.ok(finds(pressure, 'encounter', 'Encounter/2'));
  t.ok(finds(pressure, 'encounter', 'Encounter/2/_history/4'));
  t.notOk(finds(pressure, 'encounter', 'Encounter/2/_history/3'));
  t.notOk(finds(pressure, 'subject', 'http://other/fhir/Patient/1'));
  t.same(indexer.references(pressure, 'status'), [], 'not a reference');
  t.same(indexer.references(pressure, 'nonsense'), []);
  t.end();
});

t.test('references elsewhere and to contained resources are not followed', (t) => {
  const subjects = [
    { reference: 'http://other/fhir/Patient/1' },
    { reference: '#p' },
    { reference: 'urn:uuid:11111111-1111-4111-8111-111111111111', type: 'Patient' },
    { identifier: { system: 'urn:mrn', value: '1' }, type: 'Patient' },
  ];
  for (const subject of subjects) {
    const resource: Resource = { ...pressure, subject, contained: [{ resourceType: 'Patient', id: 'p' }] };
    t.same(indexer.references(resource, 'subject'), []);
    t.same(indexer.index(resource).patients, []);
    t.ok(finds(resource, 'patient:missing', 'false'), 'it is a patient all the same');
  }
  t.end();
});

t.test('a patient belongs to its own compartment, and to that of a patient it is linked to', (t) => {
  const link = [{ other: { reference: 'Patient/2' }, type: 'seealso' }];
  t.same(indexer.index({ resourceType: 'Patient', id: '1', link }).patients.toSorted(), ['1', '2']);
  t.end();
});

t.test('a code is found under the system that its element is bound to', (t) => {
  t.ok(finds(pressure, 'status', 'http://hl7.org/fhir/observation-status|final'));
  t.notOk(finds(pressure, 'status', 'http://hl7.org/fhir/event-status|final'));
  t.end();
});

t.test('an element that has only extensions is missing', (t) => {
  const unknown = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
  };
  t.ok(finds({ resourceType: 'Patient', _birthDate: unknown }, 'birthdate:missing', 'true'));
  t.notOk(finds({ resourceType: 'Patient', birthDate: '1980' }, 'birthdate:missing', 'true'));
  t.end();
});

t.test('what a resource sorts by under a code, a reference or a URI', (t) => {
  t.equal(indexer.sortValue('Observation.code', pressure), '85354-9');
  t.equal(indexer.sortValue('Observation.combo-code', pressure), '8462-4', 'the least of several');
  t.equal(indexer.sortValue('Observation.status', pressure), 'final');
  t.equal(indexer.sortValue('Observation.encounter', pressure), 'Encounter/2/_history/4');
  t.equal(indexer.sortValue('Observation.method', pressure), null, 'missing');
  t.equal(indexer.sortValue('Observation.nonsense', pressure), null);
  t.end();
});

t.test('the index of an observation stays small', (t) => {
  const { terms, quantities, strings, dates } = indexer.index({ ...pressure, component: undefined });
  t.ok(terms.length <= 35, `${terms.length} terms`);
  t.ok(quantities.length + strings.length + dates.length <= 4);
  t.end();
});
