/** What is checked of the guide: each check gives what is wrong, one text a fault. */
import { addresses } from './checks/addresses.ts';
import { codes } from './checks/codes.ts';
import { invariantCases } from './checks/invariant-cases.ts';
import { metadata } from './checks/metadata.ts';
import { mustSupport } from './checks/must-support.ts';
import { naming } from './checks/naming.ts';
import { valid } from './checks/valid.ts';
import { words } from './checks/words.ts';
import type { GuideOnDisk } from './guide-on-disk.ts';

export interface ArtefactCheck {
  readonly name: string;
  readonly find: (guide: GuideOnDisk) => readonly string[];
}

export const checks: readonly ArtefactCheck[] = [
  { name: 'an artefact and its file are named by type and id, and come once', find: naming },
  { name: 'metadata are complete', find: metadata },
  { name: 'artefacts are valid without a warning, examples against what they claim', find: valid },
  { name: 'whatever is addressed exists', find: addresses },
  { name: 'every code is known', find: codes },
  { name: 'profiles are differentials whose words are there for the clinician', find: words },
  { name: 'every invariant has a passing and a failing case', find: invariantCases },
  { name: 'every must-support element is in an example', find: mustSupport },
];
