/**
 * The cache port: bytes by key. A cache may forget anything at any time and never invents anything.
 * It never throws: an engine that is out of reach answers as if it were empty and says so in `health`.
 */
export interface Cache {
  get(key: string): Promise<Buffer | undefined>;
  set(key: string, value: Buffer): Promise<void>;
  /**
   * Part of every key. It changes when the server starts and whenever the engine was out of reach, because
   * what happened meanwhile may not have reached the cache.
   */
  epoch(): string;
  health(): { readonly engine: string; readonly reachable: boolean };
  close(): Promise<void>;
}
