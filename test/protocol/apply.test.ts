/** A plan applied: which steps, when, and as what. Expected dates are counted by hand on a calendar. */
import type { PlanDefinition, PlanDefinitionAction } from '@medplum/fhirtypes';
import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { elementModel } from '../../src/operations/element-model.ts';
import { applyPlan } from '../../src/protocol/apply/apply-plan.ts';
import { calendarFrom } from '../../src/protocol/apply/calendar.ts';
import { noProgress } from '../../src/protocol/apply/course-progress.ts';
import { definitions } from '../support/server.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

const registry = definitions();
const compile = createExpressionCompiler(registry.model, { steps: 1000 });
const day = (value: number) => ({ value, unit: 'd', system: 'http://unitsofmeasure.org', code: 'd' });

interface Options {
  readonly start?: string;
  readonly known?: readonly Any[];
  readonly subject?: Resource;
}

async function applied(action: readonly Any[], { start = '2026-02-27', known = [], subject }: Options = {}) {
  const plan = { resourceType: 'PlanDefinition', url: 'http://example.org/plan', status: 'active', action };
  const { carePlan, issues } = await applyPlan(
    plan as PlanDefinition,
    {
      subject: subject ?? { resourceType: 'Patient', id: 'pat', birthDate: '1960-05-01' },
      parties: {
        subject: { reference: 'Patient/pat' },
        encounter: undefined,
        requester: undefined,
        authored: undefined,
        basedOn: [],
      },
      calendar: calendarFrom(start)!,
      running: undefined,
      progress: noProgress,
      variables: {},
      now: Date.parse('2026-02-27T12:00:00Z'),
    },
    {
      resolve: async (canonical) => known.find(({ url }) => url === canonical),
      compile,
      definitions: elementModel(registry),
      findings: () => [],
      generalProtocol: undefined,
    },
  );
  const contained: Any[] = carePlan.contained;
  const group = contained.find(({ resourceType }) => resourceType === 'RequestGroup');
  return {
    carePlan: carePlan as Any,
    group,
    keys: issues.map(({ key }) => key),
    request: (id: string) => contained.find((one) => one.id === id),
    ids: contained.filter(({ resourceType }) => resourceType === 'Task').map(({ id }) => id),
    due: (id: string) => contained.find((one) => one.id === id)?.restriction?.period,
  };
}

const after = (actionId: string, more: object = {}) => ({
  relatedAction: [{ actionId, relationship: 'after-end', ...more }],
});
const when = (expression: string, language = 'text/fhirpath') => ({
  condition: [{ kind: 'applicability', expression: { language, expression } }],
});

t.test('offsets become dates, over the end of a month', async (t) => {
  const { due } = await applied([
    { id: 'a' },
    { id: 'b', ...after('a', { offsetDuration: day(2) }) },
    { id: 'c', ...after('b', { offsetRange: { low: day(1), high: day(7) } }) },
  ]);
  t.same(due('a'), { start: '2026-02-27' });
  t.same(due('b'), { start: '2026-03-01' });
  t.same(due('c'), { start: '2026-03-02', end: '2026-03-08' });
});

t.test('of several relations the latest counts, whatever the order of actions', async (t) => {
  const { due } = await applied([
    {
      id: 'c',
      relatedAction: [
        { actionId: 'a', relationship: 'after-start', offsetDuration: day(3) },
        { actionId: 'b', relationship: 'after-end', offsetDuration: day(4) },
      ],
    },
    { id: 'a' },
    { id: 'b', ...after('a', { offsetDuration: day(1) }) },
  ]);
  t.same(due('c'), { start: '2026-03-04' });
});

t.test('what comes before is due before, and lengths count where the plan has times', async (t) => {
  const appointment = { timingDuration: { value: 90, unit: 'min', code: 'min' } };
  const { due } = await applied(
    [
      { id: 'a', ...appointment },
      { id: 'b', ...after('a', { offsetDuration: day(1) }) },
      { id: 'c', relatedAction: [{ actionId: 'b', relationship: 'before-start', offsetDuration: day(1) }] },
      { id: 'd', relatedAction: [{ actionId: 'b', relationship: 'concurrent-with-start' }] },
    ],
    { start: '2026-02-27T10:00:00+02:00' },
  );
  t.same(due('a'), { start: '2026-02-27T10:00:00+02:00', end: '2026-02-27T11:30:00+02:00' });
  t.same(due('b'), { start: '2026-02-28T11:30:00+02:00' });
  t.same(due('c'), { start: '2026-02-27T11:30:00+02:00' });
  t.same(due('d'), { start: '2026-02-28T11:30:00+02:00' });
});

t.test('a group ends with its last step that applies', async (t) => {
  const { due } = await applied([
    {
      id: 'group',
      action: [
        { id: 'a' },
        { id: 'b', ...after('a', { offsetDuration: day(2) }) },
        { id: 'c', ...after('b', { offsetDuration: day(20) }), ...when('false') },
      ],
    },
    { id: 'd', ...after('group', { offsetDuration: day(1) }) },
    { id: 'e', ...after('c', { offsetDuration: day(1) }) },
  ]);
  t.same(due('d'), { start: '2026-03-02' });
  t.same(due('e'), { start: '2026-03-02' }, 'what does not apply takes no time');
});

t.test('conditions are asked of the subject; a group goes with all it holds', async (t) => {
  const { ids } = await applied([
    { id: 'old', ...when("birthDate < @1970-01-01 and %subject.id = 'pat'") },
    { id: 'group', ...when('gender.exists()'), action: [{ id: 'inner' }] },
    {
      id: 'together',
      selectionBehavior: 'all-or-none',
      action: [{ id: 'one' }, { id: 'two', ...when('false') }],
    },
  ]);
  t.same(ids, ['old']);
});

t.test('a condition that cannot be evaluated keeps its step and is said', async (t) => {
  const endless = `${'(1|2|3|4|5|6|7|8|9).select('.repeat(6)}1${')'.repeat(6)}.count() > 0`;
  const { ids, keys, group } = await applied([
    { id: 'cql', ...when('Exists X', 'text/cql') },
    { id: 'fault', ...when('birthDate.(') },
    { id: 'long', ...when(endless) },
  ]);
  t.same(ids, ['cql', 'fault', 'long']);
  t.same(keys, ['apply-language', 'apply-expression', 'apply-expression']);
  t.equal(group.action[0].condition[0].expression.language, 'text/cql', 'it stays for the clinician');
});

t.test('circles and relations to nothing are said, and end', async (t) => {
  const { ids, keys } = await applied([
    { id: 'a', ...after('b') },
    { id: 'b', ...after('a') },
    { id: 'c', ...after('nothing') },
  ]);
  t.same(ids, ['a', 'b', 'c']);
  t.same(keys.toSorted(), ['apply-relation-circle', 'apply-relation-unknown']);
});

t.test('activities become requests of their kind, with what is worked out', async (t) => {
  const visit = {
    resourceType: 'ActivityDefinition',
    url: 'http://example.org/visit',
    version: '2',
    kind: 'ServiceRequest',
    code: { text: 'Visit' },
    dynamicValue: [{ path: 'priority', expression: { language: 'text/fhirpath', expression: "'routine'" } }],
  };
  const number = 'https://w3id.org/kat-fhir/StructureDefinition/kat-session-number';
  const value = (path: string, expression: string) => ({
    path,
    expression: { language: 'text/fhirpath', expression },
  });
  const { request, keys } = await applied(
    [
      {
        id: 'visit',
        definitionCanonical: visit.url,
        dynamicValue: [
          value(`extension('${number}').value`, '1 + 1'),
          value('code.text', "'Visit of ' + id"),
          value('note[0].text', "'By appointment'"),
          value('quantity', 'birthDate'),
          value('nothing', '1'),
        ],
      },
      { id: 'unknown', title: 'In words', definitionCanonical: 'http://example.org/none' },
    ],
    { known: [visit] },
  );
  const made = request('visit');
  t.equal(made.resourceType, 'ServiceRequest');
  t.same(made.instantiatesCanonical, ['http://example.org/visit|2']);
  t.same(made.instantiatesUri, ['http://example.org/plan#visit']);
  t.equal(made.priority, 'routine');
  t.same(made.extension, [{ url: number, valuePositiveInt: 2 }], 'typed as the extension is');
  t.equal(made.code.text, 'Visit of pat');
  t.same(made.note, [{ text: 'By appointment' }]);
  t.same(made.occurrenceDateTime, '2026-02-27');
  t.equal(request('unknown').code.text, 'In words');
  t.same(keys.toSorted(), ['apply-definition-unknown', 'apply-path', 'apply-path']);
});

t.test('a plan within a plan takes its place; one that holds itself ends', async (t) => {
  const inner = {
    resourceType: 'PlanDefinition',
    url: 'http://example.org/inner',
    action: [{ id: 'a' }, { id: 'b', ...after('a', { offsetDuration: day(1) }) }],
  };
  const { due } = await applied(
    [{ id: 'a' }, { id: 'x', ...after('a', { offsetDuration: day(1) }), definitionCanonical: inner.url }],
    { known: [inner] },
  );
  t.same(due('x.b'), { start: '2026-03-01' }, 'its relations are its own');
  const loop = { ...inner, action: [{ id: 'again', definitionCanonical: inner.url }] };
  const { keys } = await applied([{ id: 'x', definitionCanonical: inner.url }], { known: [loop] });
  t.ok(keys.includes('apply-depth'));
});

t.test('a transform is not carried out, and that is said within the plan', async (t) => {
  const { carePlan, keys } = await applied([{ id: 'a', transform: 'http://example.org/map' }]);
  t.same(keys, ['apply-transform']);
  const outcome = carePlan.contained.find((one: Any) => one.resourceType === 'OperationOutcome');
  t.equal(outcome.issue[0].expression[0], 'PlanDefinition.action[0].transform');
  t.same(carePlan.extension[0].valueReference, { reference: `#${outcome.id}` });
});

t.test('the same input gives the same bytes', async (t) => {
  const actions: PlanDefinitionAction[] = [{ title: 'First' }, { title: 'Second & <last>' }];
  const [one, other] = await Promise.all([applied(actions), applied(actions)]);
  t.equal(JSON.stringify(one.carePlan), JSON.stringify(other.carePlan));
  t.match(one.carePlan.text.div, /Second &amp; &lt;last&gt;/);
});
