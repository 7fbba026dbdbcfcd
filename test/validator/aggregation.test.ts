/** Where a profile lets the target of a reference be, and whether it has to name a version. */
import t from 'tap';
import { errors, profile, validatorWith } from './parts.ts';

const subject = (type: object) => ({ 'Observation.subject': { type: [{ code: 'Reference', ...type }] } });
const observation = (reference: string, more: object = {}) => ({
  resourceType: 'Observation',
  id: '1',
  status: 'final',
  code: { text: 'x' },
  subject: { reference },
  ...more,
});
const inBundle = (resource: object) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: [
    { fullUrl: 'http://x.com/Observation/1', resource: { id: '1', ...resource } },
    { fullUrl: 'http://x.com/Patient/1', resource: { resourceType: 'Patient', id: '1' } },
  ],
});
const claiming = (url: string, resource: object) => ({ ...resource, meta: { profile: [url] } });

t.test('a target is contained, in the bundle or elsewhere', async (t) => {
  const places = ['contained', 'bundled', 'referenced'] as const;
  for (const allowed of places) {
    const demand = profile('Observation', subject({ aggregation: [allowed] }));
    const by = validatorWith(demand);
    const found = (resource: object) => errors(resource, undefined, by);
    const contained = claiming(
      demand.url,
      observation('#p', { contained: [{ resourceType: 'Patient', id: 'p' }] }),
    );
    const bundled = inBundle(claiming(demand.url, observation('Patient/1')));
    const elsewhere = claiming(demand.url, observation('Patient/2'));
    const broken = 'reference-aggregation @ Observation.subject';
    t.same(found(contained), allowed === 'contained' ? [] : [broken], `${allowed}: contained`);
    t.same(
      found(bundled),
      allowed === 'contained' ? ['reference-aggregation @ Bundle.entry[0].resource.subject'] : [],
      `${allowed}: in the bundle`,
    );
    t.same(found(elsewhere), allowed === 'referenced' ? [] : [broken], `${allowed}: elsewhere`);
  }
});

t.test('a reference names a version or not', async (t) => {
  const found = (versioning: string, reference: string) => {
    const demand = profile('Observation', subject({ versioning }));
    return errors(claiming(demand.url, observation(reference)), undefined, validatorWith(demand));
  };
  const broken = ['reference-version @ Observation.subject'];
  t.same(found('specific', 'Patient/1/_history/2'), []);
  t.same(found('specific', 'Patient/1'), broken);
  t.same(found('specific', 'http://x.com/fhir/Patient/1'), broken);
  t.same(found('specific', 'http://x.com/registry?person=1'), [], 'not on a RESTful server');
  t.same(found('independent', 'Patient/1/_history/2'), broken);
  t.same(found('independent', 'Patient/1'), []);
  t.same(found('either', 'Patient/1/_history/2'), []);
});
