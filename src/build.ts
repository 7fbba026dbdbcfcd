/**
 * Program: makes ahead what would cost every start its time: the compiled definitions, and the syntax trees of their
 * expressions. Leaves alone what is up to date. Runs before every script.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { buildDefinitions } from './fhir/build-definitions.ts';
import type { Registry } from './fhir/registry.ts';

const root = join(import.meta.dirname, '..');
const definitionsFile = join(root, 'dist', 'definitions.bin');
const treesFile = join(root, 'dist', 'expressions.json');

const written = buildDefinitions(root);
if (written || isOlder(treesFile, definitionsFile)) await buildTrees();

/** What it needs is loaded only when there is something to do. */
async function buildTrees(): Promise<void> {
  const { openRegistry } = await import('./fhir/open-registry.ts');
  const { writeTrees } = await import('./fhirpath/stored-trees.ts');
  const registry = openRegistry(definitionsFile);
  writeTrees(treesFile, new Set([...invariantTexts(registry), ...(await searchTexts(registry))]));
  process.stderr.write('Compiled the definitions of R4 and of the guide\n');
}

function isOlder(file: string, other: string): boolean {
  const time = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return time(file) < time(other);
}

/** Of every type a resource may hold, and of the guide's profiles. */
function invariantTexts(registry: Registry): Set<string> {
  const texts = new Set<string>();
  const seen = new Set<string>();
  const visit = (structure: ReturnType<Registry['structure']>): void => {
    if (!structure || seen.has(structure.url)) return;
    seen.add(structure.url);
    for (const { constraint = [], type = [] } of structure.snapshot?.element ?? []) {
      for (const { expression } of constraint) if (expression !== undefined) texts.add(expression);
      for (const { code } of type) visit(registry.typeStructure(code));
    }
  };
  for (const name of registry.resourceTypes) visit(registry.typeStructure(name));
  for (const { url } of registry.guideArtefacts('StructureDefinition'))
    visit(registry.structure(String(url)));
  return texts;
}

/** As the indexer asks for them, which is not always as they were published. */
async function searchTexts(registry: Registry): Promise<Set<string>> {
  const { createExpressionCompiler } = await import('./fhirpath/create-expression-compiler.ts');
  const { createIndexer } = await import('./search/create-indexer.ts');
  const texts = new Set<string>();
  const compile = createExpressionCompiler(registry.model);
  const indexer = createIndexer({
    registry,
    localBases: [],
    compile: (text, type) => {
      texts.add(text);
      return compile(text, type);
    },
  });
  for (const resourceType of registry.resourceTypes) indexer.index({ resourceType });
  return texts;
}
