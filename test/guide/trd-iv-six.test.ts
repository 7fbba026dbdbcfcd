/** The story of examples/trd-iv-six is valid, hangs together, and keeps the therapy's rules. */
import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import { eachObject, jsonFiles } from '../support/guide-files.ts';
import { validator } from '../validator/parts.ts';

const base = 'https://w3id.org/kat-fhir';
const hour = 3_600_000;

// biome-ignore lint/suspicious/noExplicitAny: resources of many types are looked into
type Loose = any;
interface Entry {
  fullUrl: string;
  resource: Resource & Loose;
  request: { method: string; url: string };
}

const [file] = jsonFiles('examples/trd-iv-six');
const bundle = file!.resource as Resource & { entry: Entry[] };
const target = new Map(bundle.entry.map(({ fullUrl, resource }) => [fullUrl, resource]));
const of = (type: string): Loose[] =>
  bundle.entry.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === type);
const claims = (resource: Loose, profile: string): boolean =>
  resource.meta?.profile?.includes(`${base}/StructureDefinition/${profile}`) ?? false;
const has = (concept: Loose, system: string, code: string): boolean =>
  concept?.coding?.some((coding: Loose) => coding.system === system && coding.code === code) ?? false;
const local = (concept: Loose, system: string, code: string): boolean =>
  has(concept, `${base}/CodeSystem/${system}`, code);
const extension = (element: Loose, id: string): Loose =>
  element.extension?.find(({ url }: Loose) => url === `${base}/StructureDefinition/${id}`);
const follow = (reference: Loose): Loose => target.get(reference?.reference);
const partOf = (session: Loose) => (part: Loose) =>
  part.partOf?.some((ref: Loose) => follow(ref) === session);

const sessions = (kind: string): Loose[] =>
  of('Procedure').filter(({ code }) => local(code, 'kat-session-type', kind));
const [course] = sessions('course');
const preparation = sessions('preparation');
const medicine = sessions('medicine');
const integration = sessions('integration');
const scores = of('Observation')
  .filter(({ code }) => has(code, 'http://loinc.org', '44261-6'))
  .toSorted((a, b) => Date.parse(a.effectiveDateTime) - Date.parse(b.effectiveDateTime));

t.test('it is one transaction of creates whose references stay inside', async (t) => {
  t.equal(bundle.resourceType, 'Bundle');
  t.equal(bundle.type, 'transaction');
  t.equal(target.size, bundle.entry.length, 'each fullUrl once');
  for (const { fullUrl, resource, request } of bundle.entry) {
    t.match(fullUrl, /^urn:uuid:[0-9a-f-]{36}$/);
    t.same(request, { method: 'POST', url: resource.resourceType });
    eachObject(resource, ({ reference }) => {
      if (typeof reference !== 'string') return;
      const inside = reference === '#vial' ? resource.contained?.[0].id === 'vial' : target.has(reference);
      if (!inside) t.fail(`${resource.resourceType} refers to nothing`);
    });
  }
});

t.test('every resource is valid against R4 and the profiles it claims', async (t) => {
  const notable = (resource: unknown): string[] =>
    validator
      .validate(resource)
      .filter(({ severity }) => severity === 'error' || severity === 'warning')
      .map(({ key, expression, text }) => `${key} ${expression} ${text}`);
  for (const { fullUrl, resource } of bundle.entry)
    t.same(notable(resource), [], `${resource.resourceType} ${fullUrl}`);
  t.same(notable(bundle), [], 'the bundle as a whole');
});

t.test('what has a profile in the guide claims it', async (t) => {
  const claimed: readonly [Loose[], string][] = [
    [of('CarePlan'), 'kat-care-plan'],
    [[course], 'kat-course'],
    [preparation, 'kat-preparation-session'],
    [medicine, 'kat-medicine-session'],
    [integration, 'kat-integration-session'],
    [of('MedicationAdministration'), 'kat-medicine-administration'],
    [scores, 'kat-outcome-score'],
    [
      of('Observation').filter(({ code }) => has(code, 'http://loinc.org', '85354-9')),
      'kat-session-blood-pressure',
    ],
  ];
  for (const [resources, profile] of claimed) {
    t.ok(resources.length > 0, profile);
    t.ok(
      resources.every((resource) => claims(resource, profile)),
      profile,
    );
  }
});

t.test('it is one patient, one course, three, six and six sessions', async (t) => {
  t.equal(of('Patient').length, 1);
  t.same([preparation.length, medicine.length, integration.length], [3, 6, 6]);
  t.equal(of('Procedure').length, 1 + 3 + 6 + 6);
  for (const phase of [preparation, medicine, integration]) {
    t.ok(phase.every(partOf(course)));
    const numbers = phase
      .toSorted((a, b) => Date.parse(a.performedPeriod.start) - Date.parse(b.performedPeriod.start))
      .map((session) => extension(session, 'kat-session-number').valuePositiveInt);
    t.same(
      numbers,
      phase.map((_, index) => index + 1),
      'numbered in the order of time',
    );
  }
  for (const { resource } of bundle.entry) {
    const subject = resource.subject ?? (resource.resourceType === 'Consent' ? resource.patient : undefined);
    if (subject) t.equal(follow(subject).resourceType, 'Patient', resource.resourceType);
  }
});

t.test('nothing is given before screening, consent and preparation', async (t) => {
  const firstDose = Math.min(
    ...of('MedicationAdministration').map((dose) => Date.parse(dose.effectivePeriod.start)),
  );
  const [decision] = of('Observation').filter(({ code }) => local(code, 'kat-observation', 'eligibility'));
  t.equal(decision.status, 'final');
  t.ok(local(decision.valueCodeableConcept, 'kat-eligibility', 'eligible'));
  t.equal(new Set(decision.component.map(({ code }: Loose) => code.coding[0].code)).size, 6);
  t.ok(
    decision.component.every((domain: Loose) =>
      local(domain.valueCodeableConcept, 'kat-domain-result', 'clear'),
    ),
  );
  t.ok(Date.parse(decision.effectiveDateTime) < firstDose);
  const [consent] = of('Consent');
  t.equal(consent.status, 'active');
  t.ok(Date.parse(consent.dateTime) < firstDose);
  t.ok(preparation.some((session) => Date.parse(session.performedPeriod.end) < firstDose));
});

t.test('each medicine session has its people, its dose and its phase inside the visit', async (t) => {
  const within = (inner: Loose, outer: Loose): boolean =>
    Date.parse(outer.start) <= Date.parse(inner.start) && Date.parse(inner.end) <= Date.parse(outer.end);
  const [weight] = of('Observation').filter(({ code }) => has(code, 'http://loinc.org', '29463-7'));
  for (const session of medicine) {
    const phase = extension(session, 'kat-medicine-phase').valuePeriod;
    const minutes = (Date.parse(phase.end) - Date.parse(phase.start)) / 60_000;
    t.equal(extension(session, 'kat-medicine-phase-duration').valueDuration.value, minutes);
    t.ok(minutes >= 45 && minutes <= 90);
    t.ok(within(phase, session.performedPeriod));
    t.ok(within(session.performedPeriod, follow(session.encounter).period));
    for (const role of ['therapist', 'medical-monitor'])
      t.ok(session.performer.some((person: Loose) => local(person.function, 'kat-performer-function', role)));

    const doses = of('MedicationAdministration').filter(partOf(session));
    t.equal(doses.length, 1);
    const [{ dosage, effectivePeriod, context }] = doses;
    t.equal(follow(context), follow(session.encounter));
    t.ok(within(effectivePeriod, phase));
    t.equal(Date.parse(effectivePeriod.end) - Date.parse(effectivePeriod.start), 40 * 60_000);
    const perWeight = extension(dosage, 'kat-dose-per-weight').valueQuantity.value;
    t.equal(dosage.dose.value, perWeight * weight.valueQuantity.value);
    t.equal(dosage.rateQuantity.value * 40, dosage.dose.value);
  }
});

t.test('vital signs are there at each point, and the patient leaves when ready', async (t) => {
  const pointOf = (vital: Loose): string =>
    extension(vital, 'kat-monitoring-point').valueCodeableConcept.coding[0].code;
  for (const session of medicine) {
    const [dose] = of('MedicationAdministration').filter(partOf(session));
    const start = Date.parse(dose.effectivePeriod.start);
    const inSession = of('Observation').filter(partOf(session));
    // A reading that was not obtained says so, and stands for none.
    const points = (code: string): string[] =>
      inSession
        .filter((vital) => has(vital.code, 'http://loinc.org', code) && !vital.dataAbsentReason)
        .map(pointOf);
    t.same(points('85354-9'), ['baseline', 'during', 'peak', 'pre-discharge']);
    t.same(points('8867-4'), ['baseline', 'peak', 'pre-discharge']);
    t.same(points('59408-5'), ['baseline', 'peak', 'pre-discharge']);
    for (const vital of inSession) {
      const time = Date.parse(vital.effectiveDateTime);
      const { start: from, end: until } = session.performedPeriod;
      t.ok(time >= Date.parse(from) && time <= Date.parse(until), 'inside the session');
      if (!extension(vital, 'kat-monitoring-point')) continue;
      t.equal(time < start, pointOf(vital) === 'baseline', 'only the baseline lies before the dose');
    }
    const [ready, ...more] = inSession.filter(({ code }) =>
      local(code, 'kat-observation', 'discharge-readiness'),
    );
    t.equal(more.length, 0);
    t.equal(ready.valueBoolean, true);
    t.equal(ready.component.length, 9);
    t.ok(ready.component.every(({ valueBoolean }: Loose) => valueBoolean));
  }
});

t.test('each medicine session is integrated within 72 hours and before the next one', async (t) => {
  for (const [index, session] of medicine.entries()) {
    const own = integration.filter(
      (candidate) => follow(extension(candidate, 'kat-integrates').valueReference) === session,
    );
    t.equal(own.length, 1);
    const wait = Date.parse(own[0].performedPeriod.start) - Date.parse(session.performedPeriod.end);
    t.ok(wait > 0 && wait <= 72 * hour);
    const next = medicine[index + 1];
    if (next) t.ok(Date.parse(own[0].performedPeriod.end) < Date.parse(next.performedPeriod.start));
  }
});

t.test('PHQ-9 is answered at baseline and after each session, and adds up', async (t) => {
  const weights: Record<string, number> = { 'LA6568-5': 0, 'LA6569-3': 1, 'LA6570-1': 2, 'LA6571-9': 3 };
  t.equal(scores.length, 7);
  for (const score of scores) {
    const answers = follow(score.derivedFrom[0]);
    const items: Loose[] = answers.item[0].item;
    const sum = items.reduce((total, item) => total + weights[item.answer[0].valueCoding.code]!, 0);
    t.equal(items.length, 9);
    t.equal(score.valueQuantity.value, sum);
    t.equal(answers.item.at(-1).answer[0].valueDecimal, sum);
    t.equal(answers.authored, score.effectiveDateTime);
  }
  const [baseline, ...after] = scores;
  t.ok(baseline.valueQuantity.value >= 20);
  t.ok(Date.parse(baseline.effectiveDateTime) < Date.parse(medicine[0].performedPeriod.start));
  for (const [index, score] of after.entries()) t.ok(partOf(integration[index])(score));
  t.ok(after.at(-1).valueQuantity.value < 5, 'remission');
});

t.test('the course says what was planned and what came of it', async (t) => {
  const [plan] = of('CarePlan');
  t.equal(extension(plan, 'kat-planned-medicine-sessions').valuePositiveInt, medicine.length);
  t.equal(extension(course, 'kat-medicine-sessions-completed').valueUnsignedInt, medicine.length);
  t.equal(follow(course.basedOn[0]), plan);
  t.equal(course.status, 'completed');
  t.ok(course.outcome);
  const held = plan.activity.flatMap((activity: Loose) => (activity.outcomeReference ?? []).map(follow));
  t.same(new Set(held), new Set([...preparation, ...medicine, ...integration]));
  const amounts = Object.fromEntries(
    plan.extension
      .filter(({ url }: Loose) => url.endsWith('/kat-cost-estimate'))
      .map(({ extension: [amount, basis] }: Loose) => [basis.valueCode, amount.valueMoney.value]),
  );
  t.equal(amounts.course, 6 * amounts['per-medicine-session'] + 9 * amounts['per-integration-session']);
});
