/**
 * Program: writes dist/definitions.bin, or leaves it alone when nothing it is made from has changed.
 * `node src/fhir/build-definitions.ts`
 */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileDefinitions } from './compile-definitions.ts';
import { hashSources } from './definition-sources.ts';
import { decodeDefinitions, encodeDefinitions } from './definitions-file.ts';

/**
 * Makes the compiled definitions.
 * @param root folder of the project
 * @returns whether a file was written
 */
export function buildDefinitions(root: string): boolean {
  const file = join(root, 'dist', 'definitions.bin');
  const hash = hashSources(root);
  if (hash === existingHash(file)) return false;
  const { definitions, tables } = compileDefinitions(root);
  mkdirSync(dirname(file), { recursive: true });
  // Another process may be reading the old file, or building the same one.
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, encodeDefinitions(hash, definitions, tables));
  renameSync(fresh, file);
  return true;
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
