import t from 'tap';
import { FhirError } from '../../src/core/fhir-error.ts';
import { baseUrlOf, readPreferences } from '../../src/http/request-context.ts';

t.test('preferences are read from one header, in any spelling, and unknown ones ignored', async (t) => {
  const defaults = { preferReturn: 'representation', handling: 'strict', respondAsync: false };
  t.same(readPreferences(undefined), defaults);
  t.same(readPreferences('wait=10; nonsense'), defaults);
  t.same(readPreferences('Respond-Async, wait=10'), { ...defaults, respondAsync: true });
  t.same(readPreferences('return=everything; handling=whatever'), defaults);
  t.same(readPreferences('return=minimal; handling=lenient'), {
    preferReturn: 'minimal',
    handling: 'lenient',
    respondAsync: false,
  });
  t.same(readPreferences('Handling="lenient", return=operationoutcome'), {
    preferReturn: 'OperationOutcome',
    handling: 'lenient',
    respondAsync: false,
  });
});

t.test('the base URL is the public one, else that of the host the client used', async (t) => {
  const open = { loopbackOnly: false };
  const publicBaseUrl = 'https://kat.example.org/fhir';
  t.equal(baseUrlOf(open, 'http', 'inside:8080'), 'http://inside:8080/fhir');
  t.equal(baseUrlOf(open, 'https', '[2001:db8::1]:443'), 'https://[2001:db8::1]:443/fhir');
  t.equal(baseUrlOf({ ...open, publicBaseUrl }, 'http', 'inside:8080'), publicBaseUrl);
});

t.test('without authentication a host must be loopback or the public one', async (t) => {
  const guarded = { loopbackOnly: true, publicBaseUrl: 'https://kat.example.org/fhir' };
  t.equal(baseUrlOf(guarded, 'http', '127.0.0.1:8080'), guarded.publicBaseUrl);
  t.equal(baseUrlOf(guarded, 'http', 'kat.example.org'), guarded.publicBaseUrl);
  t.throws(() => baseUrlOf(guarded, 'http', 'rebound.example.org'), FhirError);
  t.throws(() => baseUrlOf(guarded, 'http', 'kat.example'), FhirError);
});

t.test('what is no host is refused', async (t) => {
  for (const host of [undefined, '', 'a b', 'a/b', 'a?b', 'a@b', 'a:99999999', '"']) {
    t.throws(() => baseUrlOf({ loopbackOnly: false }, 'http', host), FhirError, String(host));
  }
});
