/** The files a user means by a path: the file itself, or all of certain endings in a folder and its folders. */
import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * @param endings such as `.json`, in lower case; a file that is named itself may end as it likes
 * @returns files in the order of the paths, those of a folder by name; what begins with a dot is left out
 * @throws when a path does not exist or cannot be read
 */
export function filesIn(paths: readonly string[], endings: readonly string[]): string[] {
  return paths.flatMap((path) => (statSync(path).isDirectory() ? inFolder(path, endings) : [path]));
}

function inFolder(folder: string, endings: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => endings.some((ending) => name.toLowerCase().endsWith(ending)))
    .filter((name) => !name.split(sep).some((part) => part.startsWith('.') || part === 'node_modules'))
    .sort()
    .map((name) => join(folder, name));
}
