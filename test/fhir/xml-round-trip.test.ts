/** JSON → XML → JSON gives the same resource: every text the same, decimals to the digit. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { isSpelledObject, readSpelled, type Spelled } from '../../src/fhir/json-spelled.ts';
import { readXml } from '../../src/fhir/xml-reader.ts';
import { writeXml } from '../../src/fhir/xml-writer.ts';
import { registry } from '../support/registry.ts';
import { randomJson } from './random-json.ts';

const { model, resourceTypes } = registry();

/** Members by name, and arrays beside each other (`given`, `_given`) of one length: nulls at their ends say nothing. */
function comparable(value: Spelled | undefined): unknown {
  if (Array.isArray(value)) {
    const items = value.map(comparable);
    while (items.at(-1) === null) items.pop();
    return items;
  }
  if (!isSpelledObject(value)) return value;
  const members = [...value].map(([key, member]) => [key, comparable(member)] as const);
  return Object.fromEntries(
    members
      .filter(([, member]) => !(Array.isArray(member) && member.length === 0))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function roundTrip(json: string, pretty = false): unknown {
  return comparable(readSpelled(readXml(model, writeXml(model, json, { pretty })).text));
}

t.test('any resource comes back as it was, printed for people or not', async (t) => {
  const runs = 400;
  let seen = 0;
  fc.assert(
    fc.property(randomJson(model, resourceTypes), fc.boolean(), (json, pretty) => {
      seen++;
      const back = roundTrip(json, pretty);
      return JSON.stringify(back) === JSON.stringify(comparable(readSpelled(json)));
    }),
    { numRuns: runs },
  );
  t.equal(seen, runs);
});

t.test('the examples of R4 come back as they were', async (t) => {
  const folder = new URL('../../node_modules/hl7.fhir.r4.core/', import.meta.url);
  const files = readdirSync(folder).filter(
    (file) =>
      /^[A-Z]\w+-.+\.json$/.test(file) &&
      !/^(StructureDefinition|SearchParameter|ValueSet|CodeSystem)-/.test(file),
  );
  t.ok(files.length > 500);
  for (const file of files) {
    const json = readFileSync(new URL(file, folder), 'utf8');
    // Larger ones hold more of the same.
    if (json.length > 500_000) continue;
    const same = JSON.stringify(roundTrip(json)) === JSON.stringify(comparable(readSpelled(json)));
    if (!same) t.same(roundTrip(json), comparable(readSpelled(json)), file);
  }
});
