/** A private redis-server for tests, on a free port of this machine, if the machine has the program. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';

export interface RedisServer {
  readonly url: string;
  /** Ends it the hard way; everything in it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  /** Holds it still: it accepts connections and does not answer. */
  pause(): void;
  resume(): void;
}

/**
 * Starts a server that stops with the test.
 * @returns undefined when there is no redis-server here: the test is skipped then, with a message, or fails if the
 *   environment says `REQUIRE_SERVICES=1`
 */
export async function startRedis(t: Test): Promise<RedisServer | undefined> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    const message = 'no redis-server on this machine: install it to run the Redis tests';
    if (process.env.REQUIRE_SERVICES === '1') t.fail(message);
    else t.pass('Redis tests', { skip: message });
    return undefined;
  }
  const port = await freePort();
  let running: ChildProcess | undefined;

  async function start(): Promise<void> {
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    running = spawn('redis-server', settings, { stdio: 'ignore' });
    for (let attempt = 0; !(await accepts(port)); attempt++) {
      if (attempt > 200) throw new Error('redis-server did not start within 5 s');
      await sleep(25);
    }
  }

  async function kill(): Promise<void> {
    const server = running;
    running = undefined;
    if (!server || server.exitCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  await start();
  t.teardown(kill);
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart: async () => {
      await kill();
      await start();
    },
    pause: () => void running?.kill('SIGSTOP'),
    resume: () => void running?.kill('SIGCONT'),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function accepts(port: number): Promise<boolean> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
