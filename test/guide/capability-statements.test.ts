/** What the capability statements of the guide ask of a server, this one offers: all but what they call optional. */
import type { CapabilityStatement, CapabilityStatementRestResource } from '@medplum/fhirtypes';
import t from 'tap';
import { jsonFiles } from '../support/guide-files.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());
const [offered] = (await server.send('GET', '/metadata')).body.rest;

const isAsked = ({ documentation = '' }: { documentation?: string }): boolean =>
  !documentation.startsWith('Optional');

/** Each thing asked for, as `search code http://…`. */
const listed = ({
  interaction = [],
  searchParam = [],
  operation = [],
}: Partial<CapabilityStatementRestResource>) => [
  ...interaction.map(({ code }) => `interaction ${code}`),
  ...searchParam.map(({ name, type, definition }) => `search ${name} ${type} ${definition}`),
  ...operation.filter(isAsked).map(({ name }) => `operation ${name}`),
];

const statements = jsonFiles('profiles/capability-statements').map(
  ({ resource }) => resource as unknown as CapabilityStatement,
);

t.test('there is one of each kind of user', async (t) => {
  t.same(
    statements.map(({ id, kind }) => `${id} ${kind}`),
    ['kat-developer requirements', 'kat-hospital requirements', 'kat-researcher requirements'],
  );
});

for (const { id, rest = [] } of statements) {
  t.test(`what ${id} asks for is offered`, async (t) => {
    const [{ resource: resources = [], ...system } = { mode: 'server' }] = rest;
    t.same(missing(listed(system as object), listed(offered)), [], 'of the whole server');
    const asked = resources.filter(isAsked);
    t.ok(asked.length > 5);
    for (const resource of asked) {
      const { type } = resource;
      const there = offered.resource.find((one: CapabilityStatementRestResource) => one.type === type);
      t.same(missing(listed(resource), listed(there ?? {})), [], type!);
    }
  });
}

t.test(
  'every profile of the mission’s four is one that a developer has resources validated against',
  async (t) => {
    const four = ['CarePlan', 'Procedure', 'Questionnaire', 'Observation'];
    const developer = statements.find(({ id }) => id === 'kat-developer')!;
    const named = (developer.rest?.[0]?.resource ?? []).flatMap(
      ({ supportedProfile = [] }) => supportedProfile,
    );
    const profiles = jsonFiles('profiles/structure-definitions').filter(({ resource }) =>
      four.includes(String(resource.type)),
    );
    t.ok(profiles.length > 15);
    t.same(
      missing(
        profiles.map(({ resource }) => String(resource.url)),
        named,
      ),
      [],
    );
  },
);

function missing(asked: readonly string[], there: readonly string[]): string[] {
  return asked.filter((one) => !there.includes(one));
}
