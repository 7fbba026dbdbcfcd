/**
 * What the rules of the protocol add to a write: every resource of a course of eight sessions is updated, one after
 * the other, at a server that says what breaks and at one whose rules are off. The two take turns at each resource, so
 * that what the machine does meanwhile meets both; the difference is taken pair by pair.
 */
import { said, transaction } from '../support/clinic.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { sessionToCome } from '../support/session-to-come.ts';

const rounds = 6;
const modes = ['off', 'advise'] as const;

interface Pair {
  readonly kind: string;
  /** Milliseconds of the write without the rules, and of the same with them. */
  readonly off: number;
  readonly advise: number;
}

export async function benchProtocol(): Promise<void> {
  const story = sessionToCome('bench', { sessions: 8 });
  const resources = [...story.before(), ...story.session()];
  const servers = await Promise.all(
    modes.map((mode) => startServer({ guide: 'shipped', environment: { PROTOCOL_MODE: mode } })),
  );
  try {
    for (const server of servers) {
      const answer = await transaction(server, resources);
      if (answer.status !== 200) throw new Error(`the course could not be stored: ${said(answer)}`);
    }
    const pairs: Pair[] = [];
    for (let round = 0; round <= rounds; round++) {
      for (const [index, resource] of resources.entries()) {
        const [off, advise] = await inTurns(servers, resource, (round + index) % 2 === 0);
        // The first round warms up.
        if (round > 0) pairs.push({ kind: kindOf(resource), off, advise });
      }
    }
    report(pairs, resources.length);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

type Stored = ReturnType<typeof JSON.parse>;

/** @returns milliseconds at the one and at the other */
async function inTurns(
  [one, other]: readonly RunningServer[],
  resource: Stored,
  otherFirst: boolean,
): Promise<[number, number]> {
  const body = JSON.stringify(resource);
  const write = async (server: RunningServer): Promise<number> => {
    const begin = performance.now();
    const { status, text } = await server.send('PUT', `/${resource.resourceType}/${resource.id}`, { body });
    if (status !== 200) throw new Error(`${status} ${text}`);
    return performance.now() - begin;
  };
  if (!otherFirst) return [await write(one!), await write(other!)];
  const second = await write(other!);
  return [await write(one!), second];
}

/** A session says which kind it is, and other types speak for themselves. */
function kindOf({ resourceType, code }: Stored): string {
  return resourceType === 'Procedure' ? `Procedure: ${code.coding[0].code}` : resourceType;
}

function report(pairs: readonly Pair[], resources: number): void {
  const kinds = Map.groupBy(pairs, ({ kind }) => kind);
  const lines = [
    `rules at a write: updates of the ${resources} resources of a course of eight sessions, one client, ms`,
    row('', 'off', 'advise', 'added', 'quiet', '95 %'),
    ...[...kinds].sort(([one], [other]) => one.localeCompare(other)).map(([kind, of]) => figures(kind, of)),
    figures('every write of the course', pairs),
  ];
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

/**
 * Medians, and of what is added also the 95th of a hundred. `quiet` compares the 20th of a hundred on either side: what
 * the machine does meanwhile hardly touches the quickest writes.
 */
function figures(name: string, pairs: readonly Pair[]): string {
  const off = pairs.map((pair) => pair.off);
  const advise = pairs.map((pair) => pair.advise);
  const added = pairs.map((pair) => pair.advise - pair.off);
  const values = [
    ...[quantile(off, 0.5), quantile(advise, 0.5), quantile(added, 0.5)],
    ...[quantile(advise, 0.2) - quantile(off, 0.2), quantile(added, 0.95)],
  ];
  return row(`${name} (${pairs.length})`, ...values.map((value) => value.toFixed(2)));
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * part)]!;
}

const row = (name: string, ...values: readonly string[]) =>
  `  ${name.padEnd(44)} ${values.map((value) => value.padStart(8)).join(' ')}`;
