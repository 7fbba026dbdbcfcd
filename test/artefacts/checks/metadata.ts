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

/** Whose codes need a word of copyright, wherever their address stands: in a coding, a value set or an expression. */
const owners = {
  'http://snomed.info/sct': 'SNOMED International',
  'http://loinc.org': 'LOINC is copyright',
  'http://www.nlm.nih.gov/research/umls/rxnorm': 'RxNorm',
  'http://www.whocc.no/atc': 'ATC',
  'http://hl7.org/fhir/sid/icd-10-cm': 'ICD-10-CM',
};

/** Whether a type has an element; those that R4 does not know have all that a definition has, in R5. */
export function hasElement(type: string, name: string): boolean {
  const known = registry.model.type(type);
  return known ? known.property(name) !== undefined : name in expected || ['url', 'copyright'].includes(name);
}

export function metadata({ artefacts }: GuideOnDisk): string[] {
  const wrong: string[] = [];
  for (const { path, resource, text } of artefacts) {
    const { resourceType, copyright = '' } = resource;
    for (const [name, usual] of Object.entries(expected)) {
      const pattern = name === 'name' && resourceType === 'ViewDefinition' ? tableName : usual;
      if (!hasElement(resourceType, name)) continue;
      const value = resource[name];
      if (value === undefined) wrong.push(`${path}: ${name} is missing`);
      else if (pattern && !pattern.test(String(value)))
        wrong.push(`${path}: ${name} does not match ${pattern}`);
    }
    if (!hasElement(resourceType, 'copyright')) continue;
    const said = String(copyright);
    const rest = text.replace(JSON.stringify(copyright), '');
    for (const [system, owner] of Object.entries(owners)) {
      if (rest.includes(system) && !said.includes(owner))
        wrong.push(`${path}: copyright does not name ${owner}, whose codes it uses`);
    }
  }
  return wrong;
}
