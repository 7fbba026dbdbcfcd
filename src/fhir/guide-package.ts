/**
 * The guide as a FHIR package: an npm archive with its artefacts, an index of them, and examples. What the package says
 * of itself is what the guide's ImplementationGuide says. The bytes depend on nothing but what is packed.
 * https://hl7.org/fhir/R4/packages.html, https://confluence.hl7.org/display/FHIR/NPM+Package+Specification
 */
import type { ImplementationGuide } from '@medplum/fhirtypes';
import type { Artefact, Guide } from './guide-file.ts';
import type { Resource } from './resource.ts';
import type { TarEntry } from './tar-entries.ts';
import { writeTgz } from './write-tgz.ts';

export interface GuidePackage {
  /** `name-version.tgz` */
  readonly fileName: string;
  readonly archive: Buffer;
}

/** A resource to pack, as text. */
export type Packed = Pick<Artefact, 'type' | 'id' | 'text'>;

/** What an index says of a resource, where the resource says it. */
const indexed = [
  'resourceType',
  'id',
  'url',
  'version',
  'kind',
  'type',
  'supplements',
  'content',
  'valueSet',
  'derivation',
];

/**
 * @throws Error when the guide has no ImplementationGuide
 */
export function packGuide(guide: Guide, examples: readonly Packed[]): GuidePackage {
  const own = guide.artefacts.find(({ type }) => type === 'ImplementationGuide');
  if (!own) throw new Error('The guide has no ImplementationGuide');
  const description = packageJson(JSON.parse(own.text()) as ImplementationGuide);
  return {
    fileName: `${description.name}-${description.version}.tgz`,
    archive: writeTgz([
      entry('package/package.json', JSON.stringify(description, null, 2)),
      ...folder('package', guide.artefacts),
      ...folder('package/example', examples),
    ]),
  };
}

function packageJson(guide: ImplementationGuide) {
  const { packageId, version, url = '', title, description, license, publisher, dependsOn = [] } = guide;
  const [place] = guide.jurisdiction?.[0]?.coding ?? [];
  return {
    name: packageId,
    version,
    canonical: url.replace(/\/ImplementationGuide\/.*$/, ''),
    url,
    title,
    description,
    type: 'fhir.ig',
    fhirVersions: guide.fhirVersion,
    date: `${guide.date?.replaceAll('-', '')}000000`,
    license,
    author: publisher,
    jurisdiction: `${place?.system}#${place?.code}`,
    dependencies: Object.fromEntries(dependsOn.map((one) => [one.packageId, one.version])),
    directories: { lib: 'package', example: 'example' },
  };
}

/** Resources and their index. */
function folder(path: string, resources: readonly Packed[]): TarEntry[] {
  const files = resources
    .map(({ type, id, text }) => ({ filename: `${type}-${id}.json`, text: text() }))
    .toSorted((one, other) => (one.filename < other.filename ? -1 : 1));
  const rows = files.map(({ filename, text }) => ({ filename, ...indexRow(JSON.parse(text) as Resource) }));
  return [
    entry(`${path}/.index.json`, JSON.stringify({ 'index-version': 2, files: rows }, null, 2)),
    ...files.map(({ filename, text }) => entry(`${path}/${filename}`, text)),
  ];
}

function indexRow(resource: Resource): Record<string, unknown> {
  const said = indexed.filter((member) => typeof resource[member] === 'string');
  return Object.fromEntries(said.map((member) => [member, resource[member]]));
}

function entry(path: string, text: string): TarEntry {
  return { path, content: Buffer.from(text) };
}
