/** The guide and its examples as they lie on disk. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Resource } from '../../src/fhir/resource.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface JsonFile {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
  readonly resource: Resource;
}

/** Every JSON file in these folders of the project and below them, in the order of their paths. */
export function jsonFiles(...folders: string[]): JsonFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((path) => {
        const text = readFileSync(path, 'utf8');
        return { path: relative(root, path), text, resource: JSON.parse(text) as Resource };
      }),
  );
}

/** Calls `visit` with every object in a JSON value, outermost first. */
export function eachObject(value: unknown, visit: (object: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) eachObject(item, visit);
  } else if (typeof value === 'object' && value !== null) {
    visit(value as Record<string, unknown>);
    for (const item of Object.values(value)) eachObject(item, visit);
  }
}
