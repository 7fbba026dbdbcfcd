/** The compiled definitions for tests, opened once a process and made first when they are missing or stale. */
import { join } from 'node:path';
import { buildDefinitions } from '../../src/fhir/build-definitions.ts';
import { openRegistry } from '../../src/fhir/open-registry.ts';
import type { Registry } from '../../src/fhir/registry.ts';

let opened: Registry | undefined;

export function registry(): Registry {
  if (!opened) {
    buildDefinitions(join(import.meta.dirname, '..', '..'));
    opened = openRegistry();
  }
  return opened;
}
