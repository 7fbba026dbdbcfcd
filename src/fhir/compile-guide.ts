/**
 * The artefacts of the guide, made ready: its profiles are written as differentials, each gets its snapshot after
 * that of its base.
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import type { SourceFile } from './definition-sources.ts';
import type { Origin } from './definitions-file.ts';
import type { Resource } from './resource.ts';
import { generateSnapshot, type ResolveStructure } from './snapshot/generate-snapshot.ts';

/** What R4 itself defines goes before a later edition of it, hence last. */
const precedence: readonly Origin[] = ['extensions', 'terminology', 'core'];

/**
 * @param published definitions of HL7 that the guide may build on
 * @throws Error naming the file whose profile has an unknown base or constrains an element that does not exist
 */
export function compileGuide(guide: readonly SourceFile[], published: readonly SourceFile[]): SourceFile[] {
  const resolve = createResolver(guide, published);
  return guide.map((source) =>
    isStructure(source.resource)
      ? { ...source, resource: resolve(String(source.resource.url)) as unknown as Resource }
      : source,
  );
}

const isStructure = ({ resourceType }: Resource) => resourceType === 'StructureDefinition';

function createResolver(guide: readonly SourceFile[], published: readonly SourceFile[]): ResolveStructure {
  const ready = new Map<string, StructureDefinition>();
  for (const origin of precedence) {
    for (const source of published) {
      if (source.origin !== origin || !isStructure(source.resource)) continue;
      ready.set(String(source.resource.url), source.resource as unknown as StructureDefinition);
    }
  }
  const waiting = new Map(
    guide
      .filter(({ resource }) => isStructure(resource))
      .map((source) => [String(source.resource.url), source]),
  );
  const open = new Set<string>();

  const resolve: ResolveStructure = (canonical) => {
    const url = canonical.split('|')[0] ?? '';
    const source = waiting.get(url);
    if (!source) return ready.get(url);
    if (open.has(url)) throw new Error(`${url} is based on itself`);
    open.add(url);
    const structure = withSnapshot(source, resolve);
    waiting.delete(url);
    ready.set(url, structure);
    return structure;
  };
  return resolve;
}

function withSnapshot({ file, resource }: SourceFile, resolve: ResolveStructure): StructureDefinition {
  const structure = resource as unknown as StructureDefinition;
  if (structure.snapshot) return structure;
  try {
    return generateSnapshot(structure, resolve);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
