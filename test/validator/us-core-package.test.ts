/** US Core 3.1.1 as a package of its own: its examples meet its profiles. */
import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { readPackage } from '../../src/fhir/read-package.ts';
import { isResource, type Resource } from '../../src/fhir/resource.ts';
import { tarEntries } from '../../src/fhir/tar-entries.ts';
import { registry, validatorOver } from './parts.ts';

const archive = '../shared/testdata/us-core/hl7.fhir.us.core-3.1.1.tgz';
const profiles = 'http://hl7.org/fhir/us/core/StructureDefinition/';

/** Examples with faults of their own, and what is wrong with them. */
const faults: Readonly<Record<string, string>> = {
  // Its hash contains dots, which are not of the base64 alphabet (RFC 4648, section 4).
  'DiagnosticReport/cardiology-report': 'format @ DiagnosticReport.presentedForm[0].hash',
  // Endpoint/Endpoint-71 is the URL, 71 the id: "The fullUrl SHALL NOT disagree with the id in the resource".
  'Bundle/66c8856b-ba11-4876-8aa8-467aad8c11a2': 'bundle-fullurl-id @ Bundle.entry[2].fullUrl',
  // "The Absolute URL for the resource": Bundle.entry.fullUrl, which is /Medication/… here.
  'Bundle/uscore-mo3': 'bundle-fullurl-relative @ Bundle.entry[1].fullUrl',
};

t.test('the examples of US Core', { skip: !existsSync(archive) && `${archive} is not there` }, async (t) => {
  const bytes = readFileSync(archive);
  const { name, definitions } = readPackage(bytes);
  t.equal(name, 'hl7.fhir.us.core');
  const extended = registry.extend(definitions);
  const validator = validatorOver(extended);

  const rejected: Record<string, string> = {};
  let examples = 0;
  let claiming = 0;
  let claimingRejected = 0;
  for (const resource of examplesIn(bytes)) {
    const issues = validator.validate(resource);
    const errors = issues.filter(({ severity }) => severity === 'error');
    const claims = (resource.meta?.profile ?? []).some((url) => url.startsWith(profiles));
    examples++;
    if (claims) claiming++;
    if (claims && errors.length > 0) claimingRejected++;
    const found = errors.map(({ key, expression }) => `${key} @ ${expression}`).join(', ');
    if (found !== '') rejected[`${resource.resourceType}/${resource.id}`] = found;
    t.notOk(
      issues.some(
        ({ key, expression = '' }) => key === 'profile-unknown' && !expression.startsWith('Bundle'),
      ),
      `${resource.resourceType}/${resource.id}: no claim was passed over`,
    );
  }
  t.comment(
    `${examples} examples, ${claiming} claim a profile of US Core, ${claimingRejected} of those refused`,
  );
  t.ok(claiming > 60);
  t.ok(claimingRejected <= claiming * 0.02, 'at most 2 % are refused');
  t.same(rejected, faults, 'each for a fault of its own');

  t.test('and what breaks a profile of it is refused', async (t) => {
    const patient = [...examplesIn(bytes)].find(
      ({ resourceType, id }) => resourceType === 'Patient' && id === 'example',
    );
    const { name: _, ...nameless } = patient!;
    t.ok(
      validator
        .validate(nameless)
        .some(({ severity, text }) => severity === 'error' && text.includes('name')),
    );
  });

  t.test('its search parameters and value sets are known', async (t) => {
    t.ok(extended.searchParameters('Patient').some(({ url }) => url?.includes('/us/core/')));
    t.ok(extended.valueSet('http://hl7.org/fhir/us/core/ValueSet/omb-race-category'));
    t.notOk(registry.valueSet('http://hl7.org/fhir/us/core/ValueSet/omb-race-category'), 'only there');
  });
});

function* examplesIn(bytes: Buffer): Generator<Resource> {
  for (const { path, content } of tarEntries(bytes)) {
    if (!/^package\/example\/[^.].*\.json$/.test(path)) continue;
    const value: unknown = JSON.parse(content.toString('utf8'));
    if (isResource(value)) yield value;
  }
}
