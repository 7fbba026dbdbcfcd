/** Resources that a command works with besides those it is about: of other packages, and what references lead to. */
import { readFileSync } from 'node:fs';
import type { Model } from '../fhir/model.ts';
import { readPackage } from '../fhir/read-package.ts';
import { isObject, isResource, type Resource } from '../fhir/resource.ts';
import { readXml } from '../fhir/xml-reader.ts';
import { readText } from './read-text.ts';

/** A file of the command line that is not what it must be. The message is for the user. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
}

/**
 * The definitions of FHIR packages.
 * @param archives names of `.tgz` files
 * @throws UnusableFile
 */
export function packageDefinitions(archives: readonly string[]): Resource[] {
  return archives.flatMap((file) =>
    use(file, 'no FHIR package', () => readPackage(readFileSync(file)).definitions),
  );
}

/**
 * The resources in files: of a Bundle its entries, of NDJSON its lines.
 * @param model for reading XML
 * @throws UnusableFile
 */
export function resourcesIn(files: readonly string[], model: Model): Resource[] {
  return files.flatMap((file) =>
    use(file, 'no resource', () => {
      const found = valuesIn(file, readText(file), model).filter(isResource);
      if (found.length === 0) throw new Error('holds none');
      return found.flatMap(withEntries);
    }),
  );
}

function valuesIn(file: string, text: string, model: Model): unknown[] {
  if (/\.(?:ndjson|jsonl)$/i.test(file)) {
    return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line)]));
  }
  return [JSON.parse(/\.xml$/i.test(file) ? readXml(model, text).text : text)];
}

function withEntries(resource: Resource): Resource[] {
  if (resource.resourceType !== 'Bundle' || !Array.isArray(resource.entry)) return [resource];
  return [resource, ...resource.entry.map((entry) => isObject(entry) && entry.resource).filter(isResource)];
}

/** @param otherwise what a file is that can be read and not be used */
function use<T>(file: string, otherwise: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const unreadable = code !== undefined && /^E[A-Z]+$/.test(code);
    throw new UnusableFile(`${file}: ${unreadable ? `cannot be read (${code})` : otherwise}`, { cause });
  }
}
