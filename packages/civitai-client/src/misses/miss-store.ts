import type { CacheStore } from '@modelkeep/core';

/** Remembers which hashes the site did not know, and when it was asked. It may forget. */
export interface MissStore {
  /** When each of these was asked last, in milliseconds since 1970; those that are not remembered are missing. */
  find(hashes: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, number>>;
  note(hashes: readonly string[], askedAtMs: number, signal?: AbortSignal): Promise<void>;
}

/** Remembers for as long as the process runs. */
export function memoryMisses(): MissStore {
  const known = new Map<string, number>();
  return {
    async find(hashes) {
      return new Map(hashes.flatMap((hash) => (known.has(hash) ? [[hash, known.get(hash) ?? 0] as const] : [])));
    },
    async note(hashes, askedAtMs) {
      for (const hash of hashes) known.set(hash, askedAtMs);
    },
  };
}

type Shelf = Readonly<Record<string, number>>;

/**
 * Remembers in a cache, 256 entries for all hashes together. Of two processes that note at the same time one may lose what
 * it noted: then it is asked once more.
 *
 * @param endpoint - what one site does not know another may
 */
export function cachedMisses(cache: CacheStore, endpoint: string): MissStore {
  const keyOf = (hash: string): string => `civitai-misses ${endpoint} ${hash.slice(0, 2)}`;
  const read = async (key: string, signal?: AbortSignal): Promise<Shelf> => {
    const bytes = await cache.get(key, signal);
    return bytes === null ? {} : parseShelf(bytes);
  };
  const shelves = (hashes: readonly string[]): Map<string, string[]> => Map.groupBy(hashes, (hash) => keyOf(hash));
  return {
    async find(hashes, signal) {
      const found = new Map<string, number>();
      for (const [key, some] of shelves(hashes)) {
        const shelf = await read(key, signal);
        for (const hash of some) {
          const askedAtMs = Object.hasOwn(shelf, hash) ? shelf[hash] : undefined;
          if (askedAtMs !== undefined) found.set(hash, askedAtMs);
        }
      }
      return found;
    },
    async note(hashes, askedAtMs, signal) {
      for (const [key, some] of shelves(hashes)) {
        const added = Object.fromEntries(some.map((hash) => [hash, askedAtMs]));
        const value = new TextEncoder().encode(JSON.stringify({ ...(await read(key, signal)), ...added }));
        await cache.put({ key, value }, signal);
      }
    },
  };
}

/** What comes back is checked like something that a stranger wrote. */
function parseShelf(bytes: Uint8Array): Shelf {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof json !== 'object' || json === null) return {};
    const entries = Object.entries(json).filter(
      ([hash, at]) => /^[0-9a-f]{8,64}$/u.test(hash) && typeof at === 'number' && Number.isFinite(at),
    );
    return Object.fromEntries(entries) as Shelf;
  } catch {
    // It throws for nothing but what is no JSON: then nothing is remembered.
    return {};
  }
}
