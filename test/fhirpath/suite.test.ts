/** HL7's FHIRPath suite, where it is at hand. */
import { existsSync } from 'node:fs';
import t from 'tap';
import { runFhirPathSuite } from '../conformance/fhirpath.ts';
import { registry } from '../support/registry.ts';

const cases = '../shared/testdata/fhirpath/tests.json';

t.test(
  'at least 545 of 550 tests pass',
  { skip: existsSync(cases) ? false : 'the suite is not here' },
  async (t) => {
    const { cases: total, passed, failures } = await runFhirPathSuite(cases, registry().model);
    t.ok(passed / total >= 545 / 550, `${passed} of ${total}`);
    for (const { name, reason } of failures) t.comment(`${name}: ${reason}`);
  },
);
