/** Whatever is addressed exists: canonicals in the guide, in R4 or in a package it depends on; references in their story. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isResource } from '../../../src/fhir/resource.ts';
import { eachObject, type JsonFile } from '../../support/guide-files.ts';
import { registry } from '../../validator/parts.ts';
import { base, everyFile, type GuideOnDisk } from '../guide-on-disk.ts';

const packages = ['hl7.fhir.r4.core', 'hl7.fhir.uv.extensions.r4', 'hl7.terminology.r4', 'hl7.fhir.uv.sdc'];
const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** Specifications that the guide names and that no installed package holds. */
const elsewhere: readonly string[] = [
  'http://hl7.org/fhir/uv/subscriptions-backport/',
  'http://hl7.org/fhir/uv/bulkdata/',
  'http://hl7.org/fhir/smart-app-launch/',
  'http://hl7.org/fhir/uv/sql-on-fhir/',
];

export function addresses(guide: GuideOnDisk): string[] {
  return [...canonicals(guide), ...references(guide)];
}

function canonicals(guide: GuideOnDisk): string[] {
  const own = new Map(guide.artefacts.map(({ resource }) => [resource.url, resource.version]));
  const exists = (canonical: string): boolean => {
    const [url = '', version] = canonical.split('#')[0]!.split('|');
    if (own.has(url)) return version === undefined || own.get(url) === version;
    if (url.startsWith(`${base}/`)) return false;
    return isDefined(canonical) || elsewhere.some((start) => url.startsWith(start));
  };
  return everyFile(guide).flatMap(({ path, resource }) => {
    const missing = new Set<string>();
    eachText(resource, resource.resourceType, (text, type) => {
      const canonical = type === 'canonical' && !text.startsWith('#');
      const ours = text.startsWith(`${base}/`) && !text.includes(' ');
      if ((ours || canonical) && !exists(text)) missing.add(text);
    });
    return [...missing].map((canonical) => `${path}: ${canonical} does not exist`);
  });
}

/** Calls `visit` with every text in a value, and the type it has; empty for what R4 has no definition of. */
function eachText(value: unknown, type: string, visit: (text: string, type: string) => void): void {
  if (typeof value === 'string') visit(value, type);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) eachText(item, type, visit);
    return;
  }
  const named = isResource(value) ? value.resourceType : type;
  for (const [key, member] of Object.entries(value))
    eachText(member, registry.model.type(named)?.key(key)?.type ?? '', visit);
}

/** Known to the server, or a file of a package that it does not read. */
function isDefined(canonical: string): boolean {
  const known = [registry.structure, registry.valueSet, registry.codeSystem, registry.searchParameter];
  if (known.some((find) => find(canonical) !== undefined)) return true;
  const url = canonical.split('|')[0]!;
  const file = url.split('/').slice(-2).join('-');
  return packages.some((name) => {
    const path = `${modules}/${name}/${file}.json`;
    return existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).url === url;
  });
}

function references({ artefacts, examples }: GuideOnDisk): string[] {
  const guide = placesIn(artefacts);
  const stories = Map.groupBy(examples, ({ path }) => dirname(path));
  return [
    ...artefacts.flatMap((file) => dangling(file, guide)),
    ...[...stories.values()].flatMap((files) => {
      const places = new Set([...guide, ...placesIn(files)]);
      return files.flatMap((file) => dangling(file, places));
    }),
  ];
}

/** `Type/id` and full URLs of all resources, entries of bundles among them. */
function placesIn(files: readonly JsonFile[]): Set<string> {
  const places = new Set<string>();
  for (const { resource } of files) {
    eachObject(resource, ({ resourceType, id, fullUrl, request }) => {
      if (typeof resourceType === 'string' && typeof id === 'string') places.add(`${resourceType}/${id}`);
      if (typeof fullUrl === 'string') places.add(fullUrl);
      const { method, url } = (request ?? {}) as { method?: string; url?: string };
      if (method === 'PUT' && url !== undefined) places.add(url);
    });
  }
  return places;
}

/** A reference into the resource itself, and one by a search, is the validator's business. */
function dangling({ path, resource }: JsonFile, places: ReadonlySet<string>): string[] {
  const missing = new Set<string>();
  eachObject(resource, ({ reference }) => {
    if (typeof reference !== 'string' || reference.startsWith('#') || reference.includes('?')) return;
    if (!places.has(reference.replace(/\/_history\/.*$/, ''))) missing.add(reference);
  });
  return [...missing].map((reference) => `${path}: ${reference} does not exist`);
}
