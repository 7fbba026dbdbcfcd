/** A process that writes pairs of resources until it is killed, and prints each pair once it is acknowledged. */
import { writeSync } from 'node:fs';
import type { StoreEngine } from './store-engine.ts';
import { sampleWrite } from './store-samples.ts';

const [engineModule, place, round] = process.argv.slice(2);
const { engine } = (await import(engineModule!)) as { engine: StoreEngine };
const store = await engine.open(place!);
let next = 0;

async function writePairs(): Promise<never> {
  for (;;) {
    const pair = `r${round}n${next++}`;
    await store.transact(async (transaction) => {
      const counter = await transaction.read('Observation', 'counter');
      await transaction.write(sampleWrite({ id: `${pair}-left`, terms: ['left'] }));
      await transaction.write(sampleWrite({ id: 'counter', version: (counter?.version ?? 0) + 1 }));
      await transaction.write(sampleWrite({ id: `${pair}-right`, terms: ['right'] }));
    });
    writeSync(1, `${pair}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, writePairs));
