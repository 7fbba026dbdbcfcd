/** What $protocol-check says of a stored course beyond that rules are kept, counted. */
import type { RunningServer } from './server.ts';

/** Rule and outcome (`R09 overridden`), with how often. */
export type Outcomes = Readonly<Record<string, number>>;

interface Parameters {
  readonly parameter: readonly {
    readonly name: string;
    readonly part?: readonly { readonly name: string; readonly valueCode?: string }[];
  }[];
}

/**
 * @param plan `CarePlan/id`
 * @param statuses those that are counted
 */
export async function toldByRules(
  server: RunningServer,
  plan: string,
  statuses: readonly string[] = ['fail', 'overridden'],
): Promise<Outcomes> {
  const path = `/${plan}/$protocol-check?${statuses.map((status) => `status=${status}`).join('&')}`;
  const { parameter } = (await server.send('GET', path)).body as Parameters;
  const outcomes: Record<string, number> = {};
  for (const { name, part = [] } of parameter) {
    if (name !== 'result') continue;
    const codeOf = (wanted: string) => part.find((one) => one.name === wanted)?.valueCode;
    const key = `${codeOf('rule')} ${codeOf('status')}`;
    outcomes[key] = (outcomes[key] ?? 0) + 1;
  }
  return outcomes;
}

/** `Type/id` of the first entry that a transaction stored of a type. */
export function storedAs(transactionResponse: unknown, type: string): string | undefined {
  const { entry } = transactionResponse as {
    readonly entry: readonly { readonly response: { readonly location: string } }[];
  };
  for (const { response } of entry) {
    const [found] = new RegExp(`\\b${type}/[^/]+`).exec(response.location) ?? [];
    if (found) return found;
  }
  return undefined;
}
