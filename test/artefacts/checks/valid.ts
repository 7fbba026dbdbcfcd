/** Artefacts are valid without a warning; examples, and what they refer to, are valid against what they claim. */
import type { Issue } from '../../../src/core/issue.ts';
import type { ValidationOptions } from '../../../src/validator/validator.ts';
import type { JsonFile } from '../../support/guide-files.ts';
import { registry, validator } from '../../validator/parts.ts';
import type { GuideOnDisk } from '../guide-on-disk.ts';

export function valid({ artefacts, examples }: GuideOnDisk): string[] {
  // Types that R4 does not have are those of other specifications, which have definitions of their own.
  const known = artefacts.filter(({ resource }) => registry.isResourceType(resource.resourceType));
  const supporting = [...artefacts, ...examples].map(({ resource }) => resource);
  return [
    ...findings(known, ['error', 'warning'], {}),
    ...findings(examples, ['error'], { references: 'conform', unknownProfile: 'error', supporting }),
  ];
}

function findings(
  files: readonly JsonFile[],
  severities: readonly Issue['severity'][],
  options: ValidationOptions,
): string[] {
  return files.flatMap(({ path, resource }) =>
    validator
      .validate(resource, options)
      .filter(({ severity }) => severity === 'fatal' || severities.includes(severity))
      .map(({ severity, key, expression, text }) => `${path}: ${severity} ${key} ${expression} ${text}`),
  );
}
