/**
 * The settings: read from the environment once, described once. The table below drives parsing, the messages about
 * bad values, and the settings table of the README.
 */
import { readFileSync } from 'node:fs';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const authModes = ['off', 'token'] as const;
const validationModes = ['base', 'claimed', 'required'] as const;
const protocolModes = ['off', 'advise', 'enforce'] as const;
const deleteModes = ['single', 'multiple'] as const;
const switches = ['off', 'on'] as const;

/** What the rest of the program is given of the environment. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** The server's address as clients see it, without a slash at the end; absent: taken from the request. */
  readonly publicBaseUrl?: string;
  /** Where the embedded store keeps its files. */
  readonly dataDir: string;
  /** Absent: the cache lives in the process. */
  readonly redisUrl?: string;
  readonly logLevel: (typeof logLevels)[number];
  readonly auth: (typeof authModes)[number];
  /** The bearer token every request must bring; present exactly when `auth` is `token`. */
  readonly authToken?: string;
  readonly validation: (typeof validationModes)[number];
  /** What a breach of the protocol's rules leads to. */
  readonly protocolMode: (typeof protocolModes)[number];
  /** Whether answers to known instruments are scored as they are written, and safety signals raise alerts. */
  readonly scoring: boolean;
  /** How many resources a conditional delete may take. */
  readonly conditionalDelete: (typeof deleteModes)[number];
  /** Largest body, bytes. */
  readonly bodyLimit: number;
  /** Requests a minute from one address; absent: any number. */
  readonly rateLimit?: number;
  /** Whether X-Forwarded-* headers are believed. */
  readonly trustProxy: boolean;
  /** Whether searches say how they were answered, to those who ask. */
  readonly searchExplain: boolean;
}

/** Settings that cannot be worked with. The message is for the person who starts the server. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** One setting: its name in the environment, what it means, and how its text is read. */
interface Setting<T> {
  readonly name: string;
  /** Used when the variable is absent or empty; absent: the setting is optional. */
  readonly fallback?: string;
  readonly description: string;
  /** @returns the value, or undefined for a text that is not one */
  readonly parse: (text: string) => T | undefined;
  /** What a good value looks like, for the message about a bad one. */
  readonly expected: string;
}

const setting = {
  port: {
    name: 'PORT',
    fallback: '8080',
    description: 'TCP port to listen on; `0` takes a free one',
    parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined),
    expected: 'a number from 0 to 65535',
  },
  host: {
    name: 'HOST',
    fallback: '127.0.0.1',
    description: 'Address to listen on; anything but loopback needs `AUTH=token`',
    parse: (text) => text,
    expected: 'an address or host name',
  },
  publicBaseUrl: {
    name: 'PUBLIC_BASE_URL',
    description:
      "The FHIR endpoint as clients see it, e.g. `https://kat.example/fhir`; absent: the request's own",
    parse: parseHttpUrl,
    expected: 'an absolute http or https URL without query and fragment',
  },
  dataDir: {
    name: 'DATA_DIR',
    fallback: './data',
    description: 'Folder of the embedded SQLite store; made when it does not exist',
    parse: (text) => text,
    expected: 'a folder',
  },
  redisUrl: {
    name: 'REDIS_URL',
    description: 'Redis for the cache, e.g. `redis://127.0.0.1:6379`; absent: a cache in the process',
    parse: (text) => (/^(rediss?|unix):\/\/./.test(text) && URL.canParse(text) ? text : undefined),
    expected: 'a redis:// or rediss:// URL',
  },
  logLevel: {
    name: 'LOG_LEVEL',
    fallback: 'info',
    description: oneOf('What to log', logLevels),
    parse: (text) => logLevels.find((level) => level === text),
    expected: logLevels.join(', '),
  },
  auth: {
    name: 'AUTH',
    fallback: 'off',
    description: `${oneOf('Who may ask', authModes)}: \`off\` serves loopback only, \`token\` asks for one bearer token`,
    parse: (text) => authModes.find((mode) => mode === text),
    expected: authModes.join(', '),
  },
  authTokenFile: {
    name: 'AUTH_TOKEN_FILE',
    description: 'File that holds the bearer token of `AUTH=token`',
    parse: (text) => text,
    expected: 'a file',
  },
  validation: {
    name: 'VALIDATION',
    fallback: 'claimed',
    description:
      'What a resource must meet to be stored: `base` the R4 definition, `claimed` also each profile in `meta.profile`, ' +
      '`required` also: CarePlan, Procedure, Questionnaire and Observation claim a profile of the guide',
    parse: (text) => validationModes.find((mode) => mode === text),
    expected: validationModes.join(', '),
  },
  protocolMode: {
    name: 'PROTOCOL_MODE',
    fallback: 'advise',
    description:
      'What a breach of the rules across resources leads to: `off` nothing, `advise` a warning with the answer, ' +
      '`enforce` the refusal of the write; unless it is off, a protocol may set its own',
    parse: (text) => protocolModes.find((mode) => mode === text),
    expected: protocolModes.join(', '),
  },
  scoring: {
    name: 'SCORING',
    fallback: 'on',
    description:
      'Whether answers to PHQ-9, GAD-7, PCL-5 and AUDIT-C get their score as they are written, and what points to danger ' +
      'raises a Flag and a Task, one of `off`, `on`',
    parse: (text) => switches.find((state) => state === text),
    expected: switches.join(', '),
  },
  conditionalDelete: {
    name: 'CONDITIONAL_DELETE',
    fallback: 'single',
    description: `${oneOf('What `DELETE` with a search may delete', deleteModes)}: \`single\` refuses more than one match`,
    parse: (text) => deleteModes.find((mode) => mode === text),
    expected: deleteModes.join(', '),
  },
  bodyLimit: {
    name: 'BODY_LIMIT',
    fallback: '33554432',
    description: 'Largest body of a request, unpacked, in bytes',
    parse: parsePositive,
    expected: 'a whole number of bytes from 1 to 999999999',
  },
  rateLimit: {
    name: 'RATE_LIMIT',
    description: 'Requests a minute that one address may send; absent: any number',
    parse: parsePositive,
    expected: 'a whole number from 1 to 999999999',
  },
  trustProxy: {
    name: 'TRUST_PROXY',
    fallback: 'off',
    description: `${oneOf('Whether a proxy in front is believed what `X-Forwarded-*` says', switches)}; \`on\` needs \`AUTH=token\``,
    parse: (text) => switches.find((mode) => mode === text),
    expected: switches.join(', '),
  },
  searchExplain: {
    name: 'SEARCH_EXPLAIN',
    fallback: 'off',
    description: oneOf(
      'Whether a search with the header `X-Explain: true` says how it was answered',
      switches,
    ),
    parse: (text) => switches.find((mode) => mode === text),
    expected: switches.join(', '),
  },
} satisfies Record<string, Setting<unknown>>;

/** The settings as the README lists them. */
export const settings: readonly Pick<Setting<unknown>, 'name' | 'fallback' | 'description'>[] =
  Object.values(setting);

/**
 * Reads the settings.
 * @param environment e.g. `process.env`; an empty text counts as absent
 * @param readToken reads the token file
 * @throws ConfigError that names every bad setting, or the combination that is not safe
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  readToken: (file: string) => string = (file) => readFileSync(file, 'utf8'),
): Config {
  const faults: string[] = [];
  const read = <T>({ name, fallback, parse, expected }: Setting<T>): T | undefined => {
    const text = environment[name]?.trim() || fallback;
    const value = text === undefined ? undefined : parse(text);
    if (text !== undefined && value === undefined) faults.push(`${name} must be ${expected}.`);
    return value;
  };
  const port = read(setting.port);
  const host = read(setting.host);
  const publicBaseUrl = read(setting.publicBaseUrl);
  const dataDir = read(setting.dataDir);
  const redisUrl = read(setting.redisUrl);
  const logLevel = read(setting.logLevel);
  const auth = read(setting.auth);
  const authTokenFile = read(setting.authTokenFile);
  const validation = read(setting.validation);
  const protocolMode = read(setting.protocolMode);
  const scoring = read(setting.scoring);
  const conditionalDelete = read(setting.conditionalDelete);
  const bodyLimit = read(setting.bodyLimit);
  const rateLimit = read(setting.rateLimit);
  const trustProxy = read(setting.trustProxy);
  const searchExplain = read(setting.searchExplain);
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  // Those with a fallback are present when nothing is at fault.
  const authToken = checkAccess(auth!, host!, authTokenFile, readToken);
  if (trustProxy === 'on' && auth === 'off') {
    throw new ConfigError(
      'TRUST_PROXY=on believes what the client is called, so with AUTH=off any web page could pass for this machine. ' +
        'Set AUTH=token and AUTH_TOKEN_FILE.',
    );
  }
  return {
    port: port!,
    host: host!,
    ...(publicBaseUrl === undefined ? {} : { publicBaseUrl }),
    dataDir: dataDir!,
    ...(redisUrl === undefined ? {} : { redisUrl }),
    logLevel: logLevel!,
    auth: auth!,
    ...(authToken === undefined ? {} : { authToken }),
    validation: validation!,
    protocolMode: protocolMode!,
    scoring: scoring === 'on',
    conditionalDelete: conditionalDelete!,
    bodyLimit: bodyLimit!,
    ...(rateLimit === undefined ? {} : { rateLimit }),
    trustProxy: trustProxy === 'on',
    searchExplain: searchExplain === 'on',
  };
}

/** An open server must not be reachable from elsewhere; a guarded one needs its token. */
function checkAccess(
  auth: Config['auth'],
  host: string,
  tokenFile: string | undefined,
  readToken: (file: string) => string,
): string | undefined {
  if (auth === 'off') {
    if (isLoopback(host)) return undefined;
    throw new ConfigError(
      `AUTH=off lets everybody in, so HOST must be a loopback address such as 127.0.0.1, not ${host}. ` +
        'To serve other machines set AUTH=token and AUTH_TOKEN_FILE.',
    );
  }
  if (tokenFile === undefined) {
    throw new ConfigError('AUTH=token needs AUTH_TOKEN_FILE, a file that holds the bearer token.');
  }
  let token: string;
  try {
    token = readToken(tokenFile).trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError(`AUTH_TOKEN_FILE cannot be read: ${tokenFile} (${reason}).`);
  }
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) {
    throw new ConfigError(
      token === ''
        ? `AUTH_TOKEN_FILE is empty: ${tokenFile}.`
        : `AUTH_TOKEN_FILE must hold one bearer token of letters, digits and -._~+/ (RFC 6750): ${tokenFile}.`,
    );
  }
  return token;
}

/** Whether an address can be reached from this machine only. Names other than localhost are not trusted to be. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function parsePositive(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function parseHttpUrl(text: string): string | undefined {
  if (!/^https?:\/\/[^?#]+$/.test(text) || !URL.canParse(text)) return undefined;
  return text.replace(/\/+$/, '');
}

function oneOf(subject: string, values: readonly string[]): string {
  return `${subject}, one of ${values.map((value) => `\`${value}\``).join(', ')}`;
}
