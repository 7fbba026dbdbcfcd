/** An artefact says who publishes it, why, for whom and in what state: whatever its type has room for. */
import { readFileSync } from 'node:fs';
import { registry } from '../../validator/parts.ts';
import type { GuideOnDisk } from '../guide-on-disk.ts';

/** The guide and the program that comes with it have one version. */
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const expected: Readonly<Record<string, RegExp | undefined>> = {
  version: new RegExp(`^${version.replaceAll('.', '\\.')}$`),
  status: /^(draft|active)$/,
  experimental: /^false$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  name: /^[A-Z][A-Za-z0-9_]*$/,
  title: undefined,
  publisher: undefined,
  contact: undefined,
  description: undefined,
  purpose: undefined,
  jurisdiction: undefined,
};

/** The name of a view is that of its table. */
const tableName = /^[a-z][a-z0-9_]*$/;

/** Whose codes need a word of copyright. */
const owners = { 'http://snomed.info/sct': 'SNOMED', 'http://loinc.org': 'LOINC' };

/** Whether a type has an element; for a type that R4 does not know, that of any definition. */
export function hasElement(type: string, name: string): boolean {
  const known = registry.model.type(type);
  return known ? known.property(name) !== undefined : ['url', 'name', 'status'].includes(name);
}

export function metadata({ artefacts }: GuideOnDisk): string[] {
  const wrong: string[] = [];
  for (const { path, resource, text } of artefacts) {
    const { resourceType } = resource;
    for (const [name, usual] of Object.entries(expected)) {
      const pattern = name === 'name' && resourceType === 'ViewDefinition' ? tableName : usual;
      if (!hasElement(resourceType, name)) continue;
      const value = resource[name];
      if (value === undefined) wrong.push(`${path}: ${name} is missing`);
      else if (pattern && !pattern.test(String(value)))
        wrong.push(`${path}: ${name} does not match ${pattern}`);
    }
    for (const [system, owner] of Object.entries(owners)) {
      const used = text.includes(`"system": "${system}"`) && hasElement(resourceType, 'copyright');
      if (used && !String(resource.copyright).includes(owner))
        wrong.push(`${path}: copyright does not name ${owner}, whose codes it uses`);
    }
  }
  return wrong;
}
