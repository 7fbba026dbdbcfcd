import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StructureDefinition } from '@medplum/fhirtypes';
import t from 'tap';
import { expressionFaults, mendStructure, silentInvariants } from '../../src/fhir/known-faults.ts';
import { registry } from '../support/registry.ts';

const folder = join(import.meta.dirname, '..', '..', 'node_modules', 'hl7.fhir.r4.core');
const structures = readdirSync(folder)
  .filter((file) => file.startsWith('StructureDefinition-'))
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as StructureDefinition);

const expressionsOf = (all: readonly StructureDefinition[], key: string) =>
  all
    .flatMap(({ snapshot }) => snapshot?.element ?? [])
    .flatMap(({ constraint }) => constraint ?? [])
    .filter((constraint) => constraint.key === key)
    .map(({ expression }) => expression);

t.test('every fault in the table is one that R4 has, and is gone after mending', async (t) => {
  const mended = structures.map(mendStructure);
  for (const { key, wrong, right } of expressionFaults) {
    t.ok(expressionsOf(structures, key).includes(wrong), `${key} is wrong in R4`);
    t.notOk(expressionsOf(mended, key).includes(wrong), `${key} is mended`);
    t.ok(expressionsOf(mended, key).includes(right), `${key} says what it means`);
  }
});

t.test('an invariant that is silent where it ought to say no says so after mending', async (t) => {
  const mended = structures.map(mendStructure);
  for (const key of silentInvariants) {
    t.ok(expressionsOf(structures, key).length > 0, `R4 has ${key}`);
    t.ok(
      expressionsOf(mended, key).every((expression) => expression?.startsWith('iif(')),
      key,
    );
  }
});

t.test('a column may be told as the integer it is', async (t) => {
  const url = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col';
  const value = registry()
    .structure(url)
    ?.snapshot?.element?.find(({ path }) => path === 'Extension.value[x]');
  t.same(
    value?.type?.map(({ code }) => code),
    ['integer', 'string'],
  );
});

t.test('elements have FHIR types where R4 writes those of FHIRPath', async (t) => {
  const { typeStructure } = registry();
  const typeOf = (type: string, path: string) =>
    typeStructure(type)?.snapshot?.element?.find((element) => element.path === path)?.type?.[0]?.code;
  t.equal(typeOf('Observation', 'Observation.id'), 'id');
  t.equal(typeOf('HumanName', 'HumanName.id'), 'string');
  t.equal(typeOf('Extension', 'Extension.url'), 'uri');
});
