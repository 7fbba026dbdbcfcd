/** The contract of src/storage/store.ts as one suite, to be run over every engine. */
import t, { type Test } from 'tap';
import { durabilityContract } from './store-durability.ts';
import type { StoreEngine } from './store-engine.ts';
import { historyContract } from './store-history.ts';
import { propertyContract } from './store-properties.ts';
import { searchContract } from './store-search.ts';
import { transactionContract } from './store-transactions.ts';
import { versionContract } from './store-versions.ts';

/** @param engineModule URL of a file that exports the engine as `engine` */
export function storeContract(engine: StoreEngine, engineModule: string): void {
  let stores = 0;
  /** A new, empty store; closed after the test. */
  async function open(t: Test) {
    const folder = `store${stores++}`;
    const store = await engine.open(`${t.testdir({ [folder]: {} })}/${folder}`);
    t.teardown(() => store.close());
    return store;
  }
  t.test(`${engine.name}: versions`, async (t) => versionContract(t, open));
  t.test(`${engine.name}: histories`, async (t) => historyContract(t, open));
  t.test(`${engine.name}: units of work`, async (t) => transactionContract(t, open));
  t.test(`${engine.name}: search`, async (t) => searchContract(t, open));
  t.test(`${engine.name}: properties`, async (t) => propertyContract(t, open));
  t.test(`${engine.name}: durability`, async (t) => durabilityContract(t, engine, engineModule));
}
