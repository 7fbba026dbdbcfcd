/** The JSON files a user means by a path: the file itself, or all in a folder and its folders. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @returns files in the order of the paths, those of a folder by name
 * @throws when a path does not exist or cannot be read
 */
export function jsonFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => (statSync(path).isDirectory() ? inFolder(path) : [path]));
}

function inFolder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}
