/**
 * Makes a checkout ready to run, whatever is missing: the packages of the lock file, with them Node 24, then the
 * compiled definitions and, for `setup.mjs tests`, the test runner. Runs before every npm script on any Node from 20
 * on, needs no package itself, and is done in a moment when nothing is missing. Everything it says goes to stderr:
 * stdout belongs to the script that follows.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node24 = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const tap = join(root, 'node_modules', '.bin', 'tap');
const runner = join(root, 'node_modules', '@tapjs', 'test', 'test-built', 'dist', 'esm', 'index.js');
const build = join(root, 'src', 'build.ts');

if (!isInstalled()) {
  say('Installing packages (npm ci)');
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], { PATH: pathOutside() });
  checkNode();
}
run(node24, [build]);
if (process.argv[2] === 'tests' && !isRunnerBuilt()) {
  say('Building the test runner (tap build)');
  run(node24, [tap, 'build'], {}, 'ignore');
}

/** Whether node_modules holds what the lock file names. What npm leaves out for other platforms may be absent. */
function isInstalled() {
  if (!existsSync(node24)) return false;
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf(join('node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = present[path];
    if (path === '' || (found === undefined && optional)) return true;
    return found?.version === version && found?.integrity === integrity;
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(join(root, lockFile), 'utf8')).packages;
  } catch {
    return {};
  }
}

/** As it comes, tap compiles TypeScript; this project leaves that plugin out, since Node reads the files as they are. */
function isRunnerBuilt() {
  return !readFileSync(runner, 'utf8').includes('@tapjs/typescript');
}

/** The `node` package puts its program in place by an install script; npm may have been told to run none. */
function checkNode() {
  const { stdout } = spawnSync(node24, ['--version'], { encoding: 'utf8' });
  if (stdout?.startsWith('v24.')) return;
  fail(
    'The package `node` did not install Node 24 (node_modules/.bin/node). Its install script has to run: check\n' +
      'that npm is not set to ignore scripts (`npm config get ignore-scripts`), then run `npm rebuild node`.',
  );
}

/** PATH without the folder that npm ci is about to remove. */
function pathOutside() {
  const entries = (process.env.PATH ?? '').split(delimiter);
  return entries.filter((entry) => !entry.endsWith(join('node_modules', '.bin'))).join(delimiter);
}

function run(program, parameters, environment = {}, output = 2) {
  const { status, error } = spawnSync(program, parameters, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', output, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) fail(`${program} ${parameters[0]} failed${error ? `: ${error.message}` : ''}`);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
