/**
 * The house keeps its rules: the README's layer table is true, imports go down, drivers have one door, files are
 * small and named after what they hold.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');
const longest = 400;
const importPattern =
  /^(?:import|export)\b( type\b)?[^'"`;]*?\bfrom '([^']+)'|^import '([^']+)'|\b(?:import|require)\('([^']+)'\)/gm;
const forbiddenNames = /^(utils?|helpers?|common|managers?|index|misc)$|-(utils?|helpers?|manager)$/;

interface Layer {
  readonly folder: string;
  readonly level: number;
  /** Packages that only this folder may import, with the one file that may, if only one may. */
  readonly doors: readonly { readonly package: string; readonly file?: string }[];
}

interface SourceFile {
  /** Relative to src, with slashes. */
  readonly path: string;
  readonly text: string;
  /** What it imports: files relative to src, or package names. */
  readonly files: readonly string[];
  /** The files without which it cannot run: those it imports more than types of. */
  readonly neededFiles: readonly string[];
  readonly packages: readonly string[];
}

const layers = readLayers(readFileSync(join(root, 'README.md'), 'utf8'));
const files = readSources();

function readLayers(readme: string): Layer[] {
  const table =
    /^\| folder \| level \| owns \| door to \|\n\|[-| ]+\|\n((?:\|.*\n)+)/m.exec(readme)?.[1] ?? '';
  return table
    .trimEnd()
    .split('\n')
    .map((row) => {
      const [, folder, level, , doors] = row.split('|').map((cell) => cell.trim());
      return {
        folder: /^`(.*)\/`$/.exec(folder!)![1]!,
        level: Number(level),
        doors: [...doors!.matchAll(/([@\w][\w/*-]*)(?: \(`([^`]+)`\))?/g)].map(([, name, file]) => ({
          package: name!,
          ...(file === undefined ? {} : { file }),
        })),
      };
    });
}

function readSources(): SourceFile[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => path.split(sep).join('/'))
    .map((path) => {
      const text = readFileSync(join(source, path), 'utf8');
      const imports = [...text.matchAll(importPattern)].map((match) => ({
        name: match[2] ?? match[3] ?? match[4]!,
        typesOnly: match[1] !== undefined,
      }));
      const local = imports
        .filter(({ name }) => name.startsWith('.'))
        .map(({ name, typesOnly }) => ({ path: posix.join(posix.dirname(path), name), typesOnly }));
      return {
        path,
        text,
        files: local.map((file) => file.path),
        neededFiles: local.filter((file) => !file.typesOnly).map((file) => file.path),
        packages: imports.map(({ name }) => name).filter((name) => !/^(\.|node:)/.test(name)),
      };
    });
}

function layerOf(path: string): Layer | undefined {
  return layers.find((layer) => path.startsWith(`${layer.folder}/`));
}

function covers(door: string, name: string): boolean {
  if (door.endsWith('/*')) return name.startsWith(door.slice(0, -1));
  return name === door || name.startsWith(`${door}/`);
}

t.test('the table and the folders of src name each other', async (t) => {
  const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  t.same(layers.map((layer) => layer.folder).sort(), folders.map((entry) => entry.name).sort());
  t.ok(layers.every((layer) => Number.isInteger(layer.level)));
});

t.test('only the entries, the wiring and the settings lie outside a folder', async (t) => {
  const outside = files.filter((file) => !file.path.includes('/')).map((file) => file.path);
  t.same(outside.sort(), [
    'app.ts',
    'build.ts',
    'config.ts',
    'library.ts',
    'main.ts',
    'serve.ts',
    'validation-pool.ts',
    'validation-worker.ts',
  ]);
});

t.test('imports go strictly down', async (t) => {
  const wrong: string[] = [];
  for (const file of files) {
    const from = layerOf(file.path);
    for (const imported of file.files) {
      const to = layerOf(imported);
      const allowed = !from || from === to || (to ? to.level < from.level : from.folder === 'cli');
      if (!allowed) wrong.push(`${file.path} → ${imported}`);
    }
  }
  t.same(wrong, []);
  t.ok(
    files.some((file) => file.files.length > 0),
    'imports were found',
  );
});

t.test('no import leads in a circle', async (t) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at !== -1) circles.push([...trail.slice(at), path].join(' → '));
    if (at !== -1 || done.has(path)) return;
    for (const next of byPath.get(path)?.neededFiles ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const file of files) visit(file.path, []);
  t.same(circles, []);
});

t.test('each third-party driver has one door', async (t) => {
  const doors = layers.flatMap((layer) => layer.doors.map((door) => ({ ...door, folder: layer.folder })));
  t.ok(doors.length > 0, 'doors were read');
  const wrong = files.flatMap((file) =>
    file.packages
      .filter((name) => {
        const door = doors.find((candidate) => covers(candidate.package, name));
        if (!door) return false;
        return door.file
          ? file.path !== `${door.folder}/${door.file}`
          : !file.path.startsWith(`${door.folder}/`);
      })
      .map((name) => `${file.path} → ${name}`),
  );
  t.same(wrong, []);
  for (const door of doors) {
    t.ok(
      files.some((file) => file.packages.some((name) => covers(door.package, name))),
      `${door.package} is used`,
    );
  }
});

t.test('every package that src imports is a dependency', async (t) => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const missing = files.flatMap((file) =>
    file.packages
      .filter((name) => !Object.keys(dependencies).some((dependency) => covers(dependency, name)))
      .map((name) => `${file.path} → ${name}`),
  );
  t.same(missing, []);
});

t.test('only the settings and the entries read the environment', async (t) => {
  const readers = files.filter((file) => /\bprocess\s*\.\s*env\b/.test(file.text)).map((file) => file.path);
  // The entries hand `process.env` whole to readConfig.
  const wrong = readers.filter((path) => {
    const text = files.find((file) => file.path === path)!.text;
    return (
      path !== 'config.ts' && /\bprocess\.env(?!\))/.test(text.replaceAll('readConfig(process.env)', 'env()'))
    );
  });
  t.same(wrong, []);
});

t.test('names say what a file holds, in kebab-case', async (t) => {
  const wrong = files
    .flatMap((file) => file.path.replace(/\.ts$/, '').split('/'))
    .filter((name) => forbiddenNames.test(name) || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name));
  t.same(wrong, []);
});

t.test('no file is long, and each begins with what it owns', async (t) => {
  const long = files.filter((file) => file.text.split('\n').length > longest + 1).map((file) => file.path);
  const silent = files.filter((file) => !/^(#!.*\n)?\/\*\*/.test(file.text)).map((file) => file.path);
  t.same({ long, silent }, { long: [], silent: [] });
});

t.test('no barrels: only the library exports what other files hold', async (t) => {
  const barrels = files
    .filter((file) => /^export\b[^'"`;]*?\bfrom '/m.test(file.text))
    .map((file) => file.path);
  t.same(barrels, ['library.ts']);
});
