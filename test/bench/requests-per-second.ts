/** A round of requests against a server, sent from a thread of its own. */
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  readonly clients: number;
  readonly requests: readonly autocannon.Request[];
}

/** Length of a round, seconds. */
const duration = 3;

/** @throws when a single answer is not a success: figures of failures mean nothing */
export async function requestsPerSecond({ url, clients, requests }: Load): Promise<number> {
  const { origin } = new URL(url);
  const result = await autocannon({
    url: origin,
    connections: clients,
    duration,
    workers: 1,
    requests: [...requests],
  });
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests failed`);
  return result.requests.average;
}
