/**
 * Program: checks the guide and prints what is wrong, check by check. Ends with code 1 when something is.
 * `npm run artefacts`
 */
import { styleText } from 'node:util';
import { checks } from './checks.ts';
import { readGuideOnDisk } from './guide-on-disk.ts';

const guide = readGuideOnDisk();
console.log(
  `${guide.artefacts.length} artefacts, ${guide.examples.length} files of examples, ${guide.cases.length} cases`,
);
let faults = 0;
for (const { name, find } of checks) {
  const wrong = find(guide);
  faults += wrong.length;
  console.log(
    wrong.length === 0 ? `${styleText('green', 'ok')}    ${name}` : `${styleText('red', 'wrong')} ${name}`,
  );
  for (const text of wrong) console.log(`        ${text}`);
}
if (faults > 0) {
  console.log(`${faults} ${faults === 1 ? 'fault' : 'faults'}`);
  process.exitCode = 1;
}
