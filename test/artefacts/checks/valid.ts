/** Artefacts are valid without a warning; examples are valid against what they claim. */
import type { Issue } from '../../../src/core/issue.ts';
import type { JsonFile } from '../../support/guide-files.ts';
import { registry, validator } from '../../validator/parts.ts';
import type { GuideOnDisk } from '../guide-on-disk.ts';

const graver: Readonly<Record<'error' | 'warning', readonly string[]>> = {
  error: ['fatal', 'error'],
  warning: ['fatal', 'error', 'warning'],
};

export function valid({ artefacts, examples }: GuideOnDisk): string[] {
  // Types that R4 does not have are those of other specifications, which have definitions of their own.
  const known = artefacts.filter(({ resource }) => registry.isResourceType(resource.resourceType));
  return [...findings(known, 'warning'), ...findings(examples, 'error')];
}

function findings(files: readonly JsonFile[], least: 'error' | 'warning'): string[] {
  const said = (path: string) => (issue: Issue) =>
    `${path}: ${issue.severity} ${issue.key} ${issue.expression} ${issue.text}`;
  return files.flatMap(({ path, resource }) =>
    validator
      .validate(resource)
      .filter(({ severity }) => graver[least].includes(severity))
      .map(said(path)),
  );
}
