/** What the source article says of the therapy, statement by statement as `docs/guide.md` lists them, and that it is so. */
import { existsSync, readFileSync } from 'node:fs';
import type {
  Bundle,
  CarePlan,
  Observation,
  PlanDefinition,
  PlanDefinitionAction,
  Procedure,
} from '@medplum/fhirtypes';
import t, { type Test } from 'tap';
import { jsonFiles } from '../support/guide-files.ts';
import { errors, findings } from '../validator/parts.ts';

const base = 'https://w3id.org/kat-fhir';
const root = new URL('../../', import.meta.url);
const read = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, root), 'utf8')) as T;
const passing = <T>(key: string): T => read(`test/cases/invariants/${key}-p1-pass.json`);

const story = read<Bundle>('examples/trd-iv-six/bundle.json').entry!.flatMap(
  ({ resource }) => resource ?? [],
);
const sessionOf = (kind: string): Procedure =>
  structuredClone(
    story.find(
      (one) => one.resourceType === 'Procedure' && one.code?.coding?.[0]?.code === kind,
    ) as Procedure,
  );
const kinds = ['preparation', 'medicine', 'integration'] as const;
const sitter = { code: 'sitter', display: 'Sitter' };

const protocols = new Map(
  jsonFiles('profiles/plan-definitions').map(({ resource }) => [
    resource.id!,
    resource as unknown as PlanDefinition,
  ]),
);
const therapies = [...protocols.values()].filter(({ id }) => id !== 'kat-protocol-infusion-only');

/** Every action of a protocol, outermost first. */
const everyAction = (actions: readonly PlanDefinitionAction[] = []): PlanDefinitionAction[] =>
  actions.flatMap((action) => [action, ...everyAction(action.action)]);
const actionsOf = (protocol: PlanDefinition) => everyAction(protocol.action);
const definedBy = (protocol: PlanDefinition, activity: string) =>
  actionsOf(protocol).filter(
    ({ definitionCanonical }) => definitionCanonical === `${base}/ActivityDefinition/${activity}`,
  );
const rolesOf = ({ participant = [] }: PlanDefinitionAction) =>
  participant.flatMap(({ role }) => role?.coding?.[0]?.code ?? []);

/** A parameter of the general protocol, as `{ valueInteger: 4 }`. */
function parameter(rule: string, name: string): Record<string, unknown> {
  const stated = protocols.get('kat-protocol')!.extension!.find(({ extension = [] }) => {
    const says = (url: string, code: string) =>
      extension.some((one) => one.url === url && one.valueCode === code);
    return says('rule', rule) && says('name', name);
  });
  const { url: _, ...value } = stated!.extension!.find(({ url }) => url === 'value')!;
  return value;
}

const codesOf = (codeSystem: string): string[] => {
  const { concept } = read<{ concept: { code: string }[] }>(
    `terminology/code-systems/CodeSystem-${codeSystem}.json`,
  );
  return concept.map(({ code }) => code);
};
const includedIn = (valueSet: string): string[] => {
  type Include = { concept?: { code: string }[] };
  const { compose } = read<{ compose: { include: Include[] } }>(
    `terminology/value-sets/ValueSet-${valueSet}.json`,
  );
  return compose.include.flatMap(({ concept = [] }) => concept.map(({ code }) => code));
};

const shown: Readonly<Record<string, (t: Test) => void>> = {
  'a session belongs to the phase of its profile'(t) {
    for (const kind of kinds) {
      const session = sessionOf(kind);
      t.equal(session.category?.coding?.[0]?.code, kind);
      t.same(errors(session), [], kind);
      session.category!.coding![0]!.code = kind === 'medicine' ? 'integration' : 'medicine';
      t.not(errors(session).length, 0, `${kind} in another phase`);
    }
  },
  'no session of any phase goes without a therapist'(t) {
    for (const kind of kinds) {
      const session = sessionOf(kind);
      const said = () => [...errors(session), ...findings(session, 'warning')];
      t.same(said(), [], `${kind} with a therapist`);
      for (const { function: role } of session.performer!)
        if (role?.coding?.[0]?.code === 'therapist') role.coding[0] = { ...role.coding[0], ...sitter };
      t.not(said().length, 0, `${kind} with a sitter only`);
      if (kind !== 'preparation') t.not(errors(session).length, 0, `${kind} with a sitter only is refused`);
    }
    const { performer: _, ...preparation } = sessionOf('preparation');
    t.not(errors(preparation).length, 0, 'preparation with nobody');
    for (const protocol of therapies) {
      const sessions = kinds.flatMap((kind) => definedBy(protocol, `kat-${kind}-session`));
      t.ok(sessions.length >= 3 * 4);
      for (const session of sessions)
        t.ok(rolesOf(session).includes('therapist'), `${protocol.id} ${session.id}`);
    }
  },
  'three routes have a protocol and an order'(t) {
    const routes = {
      iv: ['IV', 'iv-6'],
      im: ['IM', 'im-escalating'],
      sublingual: ['SL', 'sublingual'],
    } as const;
    for (const [order, [code, protocol]] of Object.entries(routes)) {
      const file = `profiles/activity-definitions/ActivityDefinition-kat-order-${order}.json`;
      const { dosage } = read<{ dosage: { route: { coding: { code: string }[] } }[] }>(file);
      t.equal(dosage[0]!.route.coding[0]!.code, code);
      t.ok(includedIn('kat-route').includes(code));
      t.equal(definedBy(protocols.get(`kat-protocol-${protocol}`)!, `kat-order-${order}`).length, 1);
    }
  },
  'a medicine phase outside 45 to 90 minutes is noticed'(t) {
    const minutes = (value: number) => ({
      valueDuration: { value, unit: 'minutes', system: 'http://unitsofmeasure.org', code: 'min' },
    });
    t.same(parameter('R07', 'medicine-phase-min'), minutes(45));
    t.same(parameter('R07', 'medicine-phase-max'), minutes(90));
    for (const [value, noticed] of [
      [44, true],
      [45, false],
      [90, false],
      [91, true],
    ] as const) {
      const session = sessionOf('medicine');
      const length = session.extension!.find(({ url }) => url.endsWith('/kat-medicine-phase-duration'))!;
      length.valueDuration!.value = value;
      const said = findings(session, 'warning').some((finding) => finding.startsWith('kat-ms-6'));
      t.equal(said, noticed, `${value} minutes`);
    }
  },
  'every medicine session of a protocol is followed by its integration'(t) {
    t.same(parameter('R04', 'sessions-min'), { valueInteger: 4 });
    t.same(parameter('R04', 'sessions-max'), { valueInteger: 8 });
    t.same(parameter('R05', 'integration-min'), { valueInteger: 1 });
    for (const protocol of therapies) {
      const medicine = definedBy(protocol, 'kat-medicine-session');
      t.ok(medicine.length >= 8, protocol.id!);
      for (const { id } of medicine) {
        const follows = definedBy(protocol, 'kat-integration-session').filter(({ relatedAction }) =>
          relatedAction?.some(
            ({ actionId, relationship }) => actionId === id && relationship === 'after-end',
          ),
        );
        t.equal(follows.length, 1, `${protocol.id} ${id}`);
      }
    }
  },
  'the three indications are known'(t) {
    const known = includedIn('kat-indication');
    for (const code of ['370143000', '47505003', '197480006']) t.ok(known.includes(code), code);
    const condition = story.find(({ resourceType }) => resourceType === 'Condition')!;
    const resistant = (trials: object) => ({
      ...condition,
      meta: { profile: [`${base}/StructureDefinition/kat-indication-condition`] },
      extension: [{ url: `${base}/StructureDefinition/kat-failed-treatment-trials`, ...trials }],
    });
    t.same(errors(resistant({ valueUnsignedInt: 2 })), [], 'two adequate trials failed');
    t.not(errors(resistant({ valueString: 'many' })).length, 0);
  },
  'each of six domains can exclude'(t) {
    const domains = codesOf('kat-screening-domain');
    t.equal(domains.length, 6);
    for (const domain of domains) {
      const decision = structuredClone(
        story.find(
          (one) => one.resourceType === 'Observation' && one.code?.coding?.[0]?.code === 'eligibility',
        ) as Observation,
      );
      const profile = `${base}/StructureDefinition/kat-eligibility-decision`;
      t.same(errors(decision, { profiles: [profile] }), []);
      const component = decision.component!.find(({ code }) => code?.coding?.[0]?.code === domain)!;
      component.valueCodeableConcept = {
        coding: [{ system: `${base}/CodeSystem/kat-domain-result`, code: 'excluding' }],
      };
      const found = errors(decision, { profiles: [profile] });
      t.ok(
        found.some((error) => error.startsWith('kat-el-1')),
        `${domain} excludes`,
      );
    }
  },
  'an order says what its dose aims at'(t) {
    const order = passing<{ extension?: unknown[] }>('kat-mo-1');
    const aimed = (code: string) => ({
      ...order,
      extension: [
        {
          url: `${base}/StructureDefinition/kat-dose-intent`,
          valueCodeableConcept: { coding: [{ system: `${base}/CodeSystem/kat-dose-intent`, code }] },
        },
      ],
    });
    for (const intent of ['psycholytic', 'intermediate', 'transformational'])
      t.same(errors(aimed(intent)), [], intent);
    t.not(errors(aimed('recreational')).length, 0);
  },
  'what was experienced is recorded by code'(t) {
    const experience = passing<Observation>('kat-exp-1');
    for (const code of ['altered-perception', 'visual-change', 'auditory-change', 'emotional-breakthrough']) {
      const coding = [{ system: `${base}/CodeSystem/kat-experience`, code }];
      t.same(errors({ ...experience, component: [{ code: { coding }, valueInteger: 3 }] }), [], code);
      t.not(
        errors({ ...experience, component: [{ code: { coding }, valueInteger: 5 }] }).length,
        0,
        'from 0 to 4',
      );
    }
  },
  'scores over time tell of a response'(t) {
    const totals = story
      .flatMap((one) =>
        one.resourceType === 'Observation' && one.code?.coding?.[0]?.code === '44261-6' ? one : [],
      )
      .sort((one, other) => one.effectiveDateTime!.localeCompare(other.effectiveDateTime!));
    t.same(
      totals.map(({ valueQuantity }) => valueQuantity?.value),
      [21, 16, 17, 12, 9, 7, 4],
    );
    for (const total of totals) t.same(errors(total), []);
    t.ok(existsSync(new URL('profiles/measures/Measure-kat-phq-9-response.json', root)));
  },
  'a plan carries its cost and its coverage'(t) {
    const plan = structuredClone(story.find(({ resourceType }) => resourceType === 'CarePlan') as CarePlan);
    const named = (id: string) =>
      plan.extension!.filter(({ url }) => url === `${base}/StructureDefinition/${id}`);
    t.ok(named('kat-cost-estimate').length > 0);
    t.same(errors(plan), []);
    for (const { valueCode } of named('kat-coverage-status'))
      t.ok(codesOf('kat-coverage-status').includes(valueCode!));
    named('kat-coverage-status')[0]!.valueCode = 'somebody';
    t.not(errors(plan).length, 0);
  },
  'the comparator has no therapist and no integration'(t) {
    const comparator = protocols.get('kat-protocol-infusion-only')!;
    const actions = actionsOf(comparator);
    t.ok(definedBy(comparator, 'kat-infusion-session').length >= 6);
    t.notOk(actions.some((action) => rolesOf(action).includes('therapist')));
    t.notOk(actions.some(({ id }) => /^(integration|prepare)/.test(id!)));
  },
};

const guide = readFileSync(new URL('docs/guide.md', root), 'utf8');
const rows = guide
  .slice(guide.indexOf('| statement |'))
  .split('\n')
  .slice(2)
  .flatMap((line) => {
    const [, statement, where, test] = line.split('|').map((cell) => cell.trim());
    return statement && where && test ? [{ statement, where, test }] : [];
  });

t.test('every seed statement has a place and a test', async (t) => {
  t.equal(rows.length, 12);
  t.same(rows.map(({ test }) => test).sort(), Object.keys(shown).sort());
  for (const { statement, where } of rows) {
    const places = [...where.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path]) => path!);
    t.ok(places.length > 0, statement);
    for (const place of places) t.ok(existsSync(new URL(place, root)), place);
  }
});

for (const { statement, test } of rows) t.test(`${statement}: ${test}`, async (t) => shown[test]?.(t));

t.test('the table of parameters says what the general protocol states', async (t) => {
  const told = [...guide.matchAll(/^\| (R\d\d) \| `([a-z0-9-]+)` \|/gm)].map(
    ([, rule, name]) => `${rule} ${name}`,
  );
  const stated = protocols
    .get('kat-protocol')!
    .extension!.map(({ extension = [] }) =>
      ['rule', 'name'].map((part) => extension.find(({ url }) => url === part)?.valueCode).join(' '),
    );
  t.same(told, stated);
  t.equal(
    new Set(stated.map((one) => one.slice(0, 3))).size,
    20,
    'all rules but R17 and R19, which have no numbers',
  );
});

t.test('a variant states only parameters that the general protocol has', async (t) => {
  for (const { id, extension = [] } of protocols.values()) {
    for (const { extension: parts = [] } of extension) {
      const [rule, name] = ['rule', 'name'].map((part) => parts.find(({ url }) => url === part)?.valueCode);
      t.doesNotThrow(() => parameter(rule!, name!), `${id} ${rule} ${name}`);
    }
  }
});

t.test('each variant states the doses of its route, the gates, windows and counts itself', async (t) => {
  const common = [
    ...['R04 sessions-min', 'R04 sessions-max', 'R04 sessions-planned', 'R08 baseline-window'],
    ...['R09 bp-soft-systolic', 'R09 bp-soft-diastolic', 'R09 bp-hard-systolic', 'R09 bp-hard-diastolic'],
    ...['R18 baseline-score-window', 'R18 end-score-window', 'R05 integration-min'],
  ];
  const doses: Readonly<Record<string, readonly string[]>> = {
    'kat-protocol-iv-6': ['R11 dose-range-iv', 'R11 iv-duration-min', 'R05 integration-max'],
    'kat-protocol-im-escalating': ['R11 dose-max-im', 'R11 dose-first-max-im', 'R05 integration-max'],
    'kat-protocol-sublingual': [
      ...['R11 dose-max-sublingual', 'R11 dose-first-max-sublingual', 'R05 integration-max'],
    ],
    'kat-protocol-esketamine-label': ['R11 esketamine-device', 'R11 esketamine-max', 'R05 integration-max'],
    'kat-protocol-infusion-only': ['R11 dose-range-iv', 'R11 iv-duration-min'],
  };
  t.same(
    [...protocols.keys()].filter((id) => !doses[id]),
    ['kat-protocol'],
  );
  for (const [id, own] of Object.entries(doses)) {
    const parts = protocols.get(id)!.extension!.map(({ extension = [] }) => extension);
    const code = (part: (typeof parts)[number], url: string) =>
      part.find((one) => one.url === url)?.valueCode;
    const stated = parts.map((part) => `${code(part, 'rule')} ${code(part, 'name')}`);
    t.equal(new Set(stated).size, stated.length, `${id} states nothing twice`);
    t.same(
      [...common, ...own].filter((one) => !stated.includes(one)),
      [],
      id,
    );
  }
});

t.test('actions of a protocol have ids that come once, and point to actions that are there', async (t) => {
  for (const protocol of protocols.values()) {
    const actions = actionsOf(protocol);
    const ids = actions.map(({ id }) => id);
    t.equal(new Set(ids).size, ids.length, protocol.id!);
    for (const { relatedAction = [] } of actions)
      for (const { actionId } of relatedAction) t.ok(ids.includes(actionId), `${protocol.id} ${actionId}`);
  }
});
