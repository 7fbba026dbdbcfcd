/** Tells of changes to files and folders, some time after the last of a burst: editors write in several steps. */
import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

const quietMilliseconds = 100;

/**
 * @param paths files, or folders that are watched with all below
 * @returns stops watching
 */
export function watchPaths(paths: readonly string[], changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, quietMilliseconds);
  };
  const watchers = paths.map((path): FSWatcher => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
      return watch(path, { recursive: true }, later);
    // A file is watched by way of its folder: editors put a new file in the place of the old one.
    return watch(dirname(path), (_event, name) => {
      if (name === null || name === basename(path)) later();
    });
  });
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
