import { engine } from '../contract/sqlite-engine.ts';
import { storeContract } from '../contract/store-contract.ts';

storeContract(engine, new URL('../contract/sqlite-engine.ts', import.meta.url).href);
