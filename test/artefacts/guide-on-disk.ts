/** The guide as its authors see it: artefacts, examples and the cases of its invariants. */
import { type JsonFile, jsonFiles } from '../support/guide-files.ts';

export interface GuideOnDisk {
  readonly artefacts: readonly JsonFile[];
  readonly examples: readonly JsonFile[];
  readonly cases: readonly JsonFile[];
}

export const base = 'https://w3id.org/kat-fhir';

export function readGuideOnDisk(): GuideOnDisk {
  return {
    artefacts: jsonFiles('profiles', 'terminology'),
    examples: jsonFiles('examples'),
    cases: jsonFiles('test/cases/invariants'),
  };
}

/** Everything in one list. */
export function everyFile({ artefacts, examples, cases }: GuideOnDisk): JsonFile[] {
  return [...artefacts, ...examples, ...cases];
}
