/** What the guide's forms give when they are extracted: resources that keep the guide's profiles. */
import t, { type Test } from 'tap';
import { createExpressionCompiler } from '../../../src/fhirpath/create-expression-compiler.ts';
import { extract } from '../../../src/questionnaire/extract/extract.ts';
import { jsonFiles } from '../../support/guide-files.ts';
import { registry as openRegistry } from '../../support/registry.ts';
import { validator } from '../../validator/parts.ts';
import { base, domains, guideAnswers, one, peak, responseOf } from './guide-answers.ts';

const registry = openRegistry();
const { model } = registry;
const compile = createExpressionCompiler(model);

// biome-ignore lint/suspicious/noExplicitAny: resources of many shapes are looked into
type Loose = any;

/** What a completed response gives; the response itself must be valid. */
function extracted(t: Test, id: string, item: object[]): Loose[] {
  const form = jsonFiles('profiles/questionnaires').find(({ resource }) => resource.id === id)!.resource;
  const response = responseOf(id, item);
  const notable = (resource: unknown): string[] =>
    validator
      .validate(resource)
      .filter(({ severity }) => severity === 'error')
      .map(({ key, expression, text }) => `${key} ${expression} ${text}`);
  t.same(notable(response), [], 'the response is valid');
  let serial = 0;
  const { resource, issues } = extract(form, response, {
    model,
    compile,
    newId: () => `00000000-0000-4000-8000-${String(++serial).padStart(12, '0')}`,
    typeOf: (profile) => registry.structure(profile)?.type,
  });
  t.same(issues, []);
  t.same(notable(resource), [], 'what was extracted is valid');
  return ((resource?.entry ?? []) as Loose[]).map((entry) => entry.resource);
}

const claims = (resource: Loose): string[] =>
  (resource.meta?.profile ?? []).map((profile: string) => profile.split('/').at(-1));
t.test('monitoring gives vital signs and ratings at their points of the session', async (t) => {
  const made = extracted(t, 'kat-session-monitoring', guideAnswers['kat-session-monitoring']);
  t.same(made.flatMap(claims), [
    'kat-session-blood-pressure',
    'kat-session-heart-rate',
    'kat-session-blood-pressure',
    'kat-session-oxygen-saturation',
    'kat-session-respiratory-rate',
    'kat-sedation-dissociation',
    'kat-sedation-dissociation',
    'kat-discharge-readiness',
  ]);
  t.match(made[2], {
    extension: [
      {
        url: `${base}/StructureDefinition/kat-monitoring-point`,
        valueCodeableConcept: { coding: [peak.valueCoding] },
      },
    ],
    effectiveDateTime: '2026-03-01T09:40:00Z',
    partOf: [{ reference: 'Procedure/session' }],
    component: [{ valueQuantity: { value: 138 } }, { valueQuantity: { value: 86 } }],
  });
  t.match(made.at(-1), { valueBoolean: true, effectiveDateTime: '2026-03-01T11:30:00Z' });
  t.equal(made.at(-1).component.length, 9);
});

t.test('screening gives the decision with the result of each domain', async (t) => {
  const made = extracted(t, 'kat-screening', guideAnswers['kat-screening']);
  t.equal(made.length, 1);
  t.same(claims(made[0]), ['kat-eligibility-decision']);
  t.same(
    made[0].component.map((component: Loose) => component.code.coding[0].code),
    domains,
  );
  t.notOk('note' in made[0]);
});

t.test('an unwanted effect becomes an adverse event', async (t) => {
  const made = extracted(t, 'kat-adverse-event-check', guideAnswers['kat-adverse-event-check']);
  t.match(made, [
    {
      resourceType: 'AdverseEvent',
      event: { coding: [{ code: '422587007' }] },
      date: '2026-03-01T10:00:00Z',
      seriousness: { coding: [{ code: 'non-serious' }] },
      suspectEntity: [{ instance: { reference: 'Procedure/session' } }],
    },
  ]);
});

t.test("an intention becomes a goal in the patient's own words", async (t) => {
  const made = extracted(t, 'kat-intention-setting', [one('intention', { valueString: 'To let go' })]);
  t.match(made, [
    {
      resourceType: 'Goal',
      lifecycleStatus: 'active',
      description: { text: 'To let go' },
      subject: { reference: 'Patient/p' },
      startDate: '2026-03-01',
    },
  ]);
  t.same(claims(made[0]), ['kat-goal']);
});
