/** A store that tells when resources of a type were written. */
import type { Store } from './store.ts';

/** @param written called after a unit of work that wrote such a resource is durable, before its author is told */
export function watchedStore(store: Store, type: string, written: () => Promise<void>): Store {
  return {
    ...store,
    async transact(work) {
      let concerned = false;
      const result = await store.transact((transaction) =>
        work({
          ...transaction,
          write(write) {
            if (write.type === type) concerned = true;
            return transaction.write(write);
          },
        }),
      );
      if (concerned) await written();
      return result;
    },
  };
}
