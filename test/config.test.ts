/** Settings: defaults, messages, the combinations that refuse to start, and the README's table. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { ConfigError, readConfig, settings } from '../src/config.ts';

t.test('an empty environment gives a local open server', async (t) => {
  t.same(readConfig({}), {
    port: 8080,
    host: '127.0.0.1',
    dataDir: './data',
    logLevel: 'info',
    auth: 'off',
    validation: 'claimed',
    protocolMode: 'advise',
    scoring: true,
    conditionalDelete: 'single',
    bodyLimit: 32 * 1024 * 1024,
    trustProxy: false,
    searchExplain: false,
  });
});

t.test('an empty variable counts as absent', async (t) => {
  t.equal(readConfig({ PORT: '', REDIS_URL: '' }).port, 8080);
  t.notOk('redisUrl' in readConfig({ REDIS_URL: '' }));
});

t.test('every setting is read', async (t) => {
  const environment = {
    PORT: '0',
    HOST: '0.0.0.0',
    PUBLIC_BASE_URL: 'https://kat.example/fhir/',
    DATA_DIR: '/data',
    REDIS_URL: 'redis://127.0.0.1:6379',
    LOG_LEVEL: 'warn',
    AUTH: 'token',
    AUTH_TOKEN_FILE: '/run/secrets/token',
    VALIDATION: 'required',
    PROTOCOL_MODE: 'enforce',
    SCORING: 'off',
    CONDITIONAL_DELETE: 'multiple',
    BODY_LIMIT: '1000000',
    RATE_LIMIT: '600',
    TRUST_PROXY: 'on',
    SEARCH_EXPLAIN: 'on',
  };
  t.same(
    readConfig(environment, () => 's3cret\n'),
    {
      port: 0,
      host: '0.0.0.0',
      publicBaseUrl: 'https://kat.example/fhir',
      dataDir: '/data',
      redisUrl: 'redis://127.0.0.1:6379',
      logLevel: 'warn',
      auth: 'token',
      authToken: 's3cret',
      validation: 'required',
      protocolMode: 'enforce',
      scoring: false,
      conditionalDelete: 'multiple',
      bodyLimit: 1_000_000,
      rateLimit: 600,
      trustProxy: true,
      searchExplain: true,
    },
  );
  t.same(new Set(Object.keys(environment)), new Set(settings.map((setting) => setting.name)));
});

const badValues: [string, string][] = [
  ['PORT', '80a'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PROTOCOL_MODE', 'strict'],
  ['CONDITIONAL_DELETE', 'all'],
  ['BODY_LIMIT', '32 MB'],
  ['RATE_LIMIT', '0'],
  ['TRUST_PROXY', 'true'],
  ['SEARCH_EXPLAIN', 'true'],
  ['PUBLIC_BASE_URL', 'kat.example/fhir'],
  ['PUBLIC_BASE_URL', 'https://kat.example/fhir?x=1'],
  ['REDIS_URL', '127.0.0.1:6379'],
  ['LOG_LEVEL', 'loud'],
  ['AUTH', 'smart'],
  ['VALIDATION', 'none'],
];
for (const [name, value] of badValues) {
  t.test(`${name}=${value} is refused by name`, async (t) => {
    t.throws(() => readConfig({ [name]: value }), {
      name: 'ConfigError',
      message: new RegExp(`^${name} must be `),
    });
  });
}

t.test('all bad values are told at once', async (t) => {
  t.throws(() => readConfig({ PORT: 'x', VALIDATION: 'x' }), { message: /^PORT must .*\nVALIDATION must / });
});

for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1']) {
  t.test(`AUTH=off may listen on ${host}`, async (t) => t.equal(readConfig({ HOST: host }).host, host));
}
for (const host of ['0.0.0.0', '::', '10.0.0.4', 'kat.example', '127.0.0.1.example', 'localhost.example']) {
  t.test(`AUTH=off refuses ${host}`, async (t) => {
    t.throws(() => readConfig({ HOST: host }), { name: 'ConfigError', message: /AUTH=off/ });
  });
}

t.test('AUTH=token needs a readable file with one token', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kat-config-'));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const token = (AUTH_TOKEN_FILE?: string) => () => readConfig({ AUTH: 'token', AUTH_TOKEN_FILE });
  t.equal(token(file('good', 'abc.DEF-123=\n'))().authToken, 'abc.DEF-123=');
  t.throws(token(), { message: /AUTH=token needs AUTH_TOKEN_FILE/ });
  t.throws(token(join(folder, 'absent')), { message: /cannot be read.*ENOENT/ });
  t.throws(token(file('empty', ' \n')), { message: /is empty/ });
  t.throws(token(file('two', 'one two')), { message: /one bearer token/ });
  t.throws(token(folder), { name: 'ConfigError' });
});

t.test('a proxy is trusted only with authentication', async (t) => {
  t.throws(() => readConfig({ TRUST_PROXY: 'on' }), { name: 'ConfigError', message: /^TRUST_PROXY=on/ });
});

t.test('a token never stands in a message', async (t) => {
  try {
    readConfig({ AUTH: 'token', AUTH_TOKEN_FILE: 'f' }, () => 'two words');
    t.fail('must refuse');
  } catch (error) {
    t.ok(error instanceof ConfigError);
    t.notMatch((error as Error).message, /two words/);
  }
});

t.test('the server ends with code 3 and the message when it may not start', async (t) => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [main], {
    env: { HOST: '0.0.0.0' },
    encoding: 'utf8',
  });
  t.equal(status, 3);
  t.match(stderr, /^AUTH=off lets everybody in/);
});

t.test("the README's table of settings is the one that is read", async (t) => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = settings.map(
    ({ name, fallback, description }) =>
      `| \`${name}\` | ${fallback === undefined ? '' : `\`${fallback}\``} | ${description} |`,
  );
  const table = /^\| setting \| default \| meaning \|\n\|[-| ]+\|\n((?:\|.*\n)+)/m.exec(readme)?.[1];
  t.same(table?.trimEnd().split('\n'), rows);
});
