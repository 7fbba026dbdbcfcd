/** Opens the compiled definitions as a registry. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRegistry } from './create-registry.ts';
import { decodeDefinitions } from './definitions-file.ts';
import type { Registry } from './registry.ts';

/** From the sources the file lies in `dist`; compiled, beside the folder of this module. */
function defaultFile(): string {
  const above = join(import.meta.dirname, '..');
  return import.meta.url.endsWith('.ts')
    ? join(above, '..', 'dist', 'definitions.bin')
    : join(above, 'definitions.bin');
}

/** @throws Error when the file is not there */
export function openRegistry(file: string = defaultFile()): Registry {
  return createRegistry(decodeDefinitions(readDefinitions(file)));
}

function readDefinitions(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`${file} is missing: node src/fhir/build-definitions.ts makes it`, { cause });
  }
}
