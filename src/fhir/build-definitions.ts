/**
 * Program: writes dist/definitions.bin and dist/guide.ndjson, or leaves them alone when nothing they are made from has
 * changed.
 * `node src/fhir/build-definitions.ts`
 */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileDefinitions } from './compile-definitions.ts';
import { hashSources } from './definition-sources.ts';
import { decodeDefinitions, encodeDefinitions } from './definitions-file.ts';
import { encodeGuide } from './guide-file.ts';

/**
 * Makes the compiled definitions.
 * @param root folder of the project
 * @returns whether a file was written
 */
export function buildDefinitions(root: string): boolean {
  const file = join(root, 'dist', 'definitions.bin');
  const guideFile = join(root, 'dist', 'guide.ndjson');
  const hash = hashSources(root);
  if (hash === existingHash(file) && existsSync(guideFile)) return false;
  const { definitions, tables, guide } = compileDefinitions(root);
  mkdirSync(dirname(file), { recursive: true });
  replaceFile(guideFile, encodeGuide(guide));
  replaceFile(file, encodeDefinitions(hash, definitions, tables));
  return true;
}

/** Another process may be reading the old file, or building the same one. */
function replaceFile(file: string, content: string | Buffer): void {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, content);
  renameSync(fresh, file);
}

function existingHash(file: string): string | undefined {
  try {
    return decodeDefinitions(readFileSync(file)).hash;
  } catch {
    return undefined;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const written = buildDefinitions(join(import.meta.dirname, '..', '..'));
  // Runs before every script: says something only when there was something to do.
  if (written) process.stdout.write('dist/definitions.bin written\n');
}
