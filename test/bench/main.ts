/**
 * `npm run bench [-- NAME…]`: figures as ratios taken in one run. Servers and load share this machine, so absolute
 * figures are low and noisy; each is printed as median (min … max) of its rounds, with the noise as half the range.
 */
import { availableParallelism } from 'node:os';

const benches: Readonly<Record<string, () => void | Promise<void>>> = {
  validate: async () => (await import('./validation.ts')).benchValidation(),
  read: async () => (await import('./read.ts')).benchRead(),
  create: async () => (await import('./create.ts')).benchCreate(),
  search: async () => (await import('./search.ts')).benchSearch(),
  protocol: async () => (await import('./protocol.ts')).benchProtocol(),
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benches);
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  process.stderr.write(`No bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}
process.stdout.write(`Node ${process.versions.node}, ${availableParallelism()} cores\n\n`);
for (const name of names) await benches[name]!();
