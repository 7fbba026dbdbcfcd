/**
 * Syntax trees kept in a file: parsing is the slow part of an expression, and the parser itself takes long to load.
 * A tree belongs to its text, so a file is never wrong for a definition that changed; it only lacks the new text.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseToTree, type Tree } from './tree.ts';

/** Raised whenever trees change their form. */
const format = 1;

interface TreeFile {
  readonly format: number;
  readonly trees: Readonly<Record<string, Tree>>;
}

/**
 * Parses expressions and writes their trees.
 * @param texts expressions; those that do not parse are left out
 */
export function writeTrees(file: string, texts: Iterable<string>): void {
  const trees: Record<string, Tree> = {};
  for (const text of texts) {
    try {
      trees[text] = parseToTree(text);
    } catch {
      // Some published expressions are no FHIRPath. Who compiles them gets the parser's own words.
    }
  }
  const content: TreeFile = { format, trees };
  // Another process may be reading the old file.
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(content));
  renameSync(fresh, file);
}

/** The trees of a file, read when the first one is asked for. Without the file, or with an old one, there are none. */
export function storedTrees(file: string): (text: string) => Tree | undefined {
  let trees: TreeFile['trees'] | undefined;
  return (text) => {
    trees ??= read(file);
    return Object.hasOwn(trees, text) ? trees[text] : undefined;
  };
}

function read(file: string): TreeFile['trees'] {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as TreeFile;
    return content.format === format ? content.trees : {};
  } catch {
    return {};
  }
}
