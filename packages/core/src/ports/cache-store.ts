/** What {@link CacheStore.put} keeps. */
export interface CacheEntry {
  /** Any text. */
  readonly key: string;
  readonly value: Uint8Array;
}

/**
 * Keeps bytes by key for as long as it likes. It promises nothing: any entry may be gone, and whoever reads one back
 * checks it like something that a stranger wrote.
 */
export interface CacheStore {
  /** The bytes that were kept last, or null. */
  get(key: string, signal?: AbortSignal): Promise<Uint8Array | null>;
  /** Keeps an entry in place of the one before it. */
  put(entry: CacheEntry, signal?: AbortSignal): Promise<void>;
  /** Forgets an entry; one that is not there is no error. */
  delete(key: string, signal?: AbortSignal): Promise<void>;
}
