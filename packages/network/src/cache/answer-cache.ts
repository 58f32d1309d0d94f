import type { CacheStore, Clock, Logger } from '@modelkeep/core';
import type { LRUCache } from 'lru-cache';
import { jsonValue, type BodyKind } from '../body/read-answer.ts';
import type { HttpCacheOptions } from '../client/http-client-options.ts';
import { decodeKeptAnswer, encodeKeptAnswer } from './kept-answer-codec.ts';
import { isKept, type KeptAnswer } from './kept-answer.ts';

const DEFAULT_TTL_MS = 86_400_000;
const DEFAULT_MAX_BYTES = 33_554_432;
/** One answer does not push out all others. */
const LARGEST_SHARE = 4;
/** What an answer takes beside its body, roughly. */
const OVERHEAD_BYTES = 2_048;
/** A confirmed answer is written anew once so much of its time is over, and not with each confirmation. */
const REWRITE_AFTER_SHARE = 0.25;

/** Which answer is asked for. */
export interface AnswerCacheKey {
  readonly key: string;
  readonly url: URL;
  readonly kind: BodyKind;
  readonly signal?: AbortSignal | undefined;
}

/** Answers in memory and, where there is a store, beyond. A store that fails costs its answers and nothing else. */
export interface AnswerCache {
  readonly freshForMs: number;
  get(asked: AnswerCacheKey): Promise<KeptAnswer | null>;
  /** Keeps an answer in memory now, and in the store in the background. */
  put(key: string, entry: AnswerCacheEntry): Promise<void>;
  delete(key: string): Promise<void>;
  /** Resolves when the store has what it was given. */
  settle(): Promise<void>;
}

/** An answer and where it belongs. */
export interface AnswerCacheEntry {
  readonly kept: KeptAnswer;
  readonly where: 'memory' | 'store';
  /** Where the server only confirmed what was kept: when it had done so before, in milliseconds since 1970. */
  readonly confirmedBeforeMs?: number | undefined;
}

/** A cache that is empty but for what its store holds. */
export function createAnswerCache(
  options: HttpCacheOptions,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): AnswerCache {
  const { store, ttlMs = DEFAULT_TTL_MS, maxBytes = DEFAULT_MAX_BYTES, freshForMs = 0 } = options;
  const writes = new Map<string, Promise<void>>();
  let memory: Promise<LRUCache<string, AnswerCacheEntry>> | undefined;

  const load = async (): Promise<LRUCache<string, AnswerCacheEntry>> => {
    const { LRUCache } = await import('lru-cache');
    const maxEntrySize = Math.max(1, Math.floor(maxBytes / LARGEST_SHARE));
    return new LRUCache<string, AnswerCacheEntry>({
      maxSize: Math.max(1, maxBytes),
      maxEntrySize,
      sizeCalculation: ({ kept }) => kept.bytes.byteLength + OVERHEAD_BYTES,
    });
  };
  const loaded = (): Promise<LRUCache<string, AnswerCacheEntry>> => (memory ??= load());

  /** One write at a time for a key; the requests do not wait for them. */
  const write = (key: string, change: (to: CacheStore) => Promise<void>): void => {
    if (store === undefined) return;
    const before = writes.get(key) ?? Promise.resolve();
    const after = before
      .then(() => change(store))
      .catch((error: unknown) => logger.warn('an API answer could not be kept', { error: String(error) }))
      .finally(() => {
        if (writes.get(key) === after) writes.delete(key);
      });
    writes.set(key, after);
  };
  const remove = (key: string): void => write(key, (to) => to.delete(key));

  const readStore = async ({ key, url, kind, signal }: AnswerCacheKey): Promise<KeptAnswer | null> => {
    if (store === undefined) return null;
    let encoded: Uint8Array | null;
    try {
      await writes.get(key);
      encoded = await store.get(key, signal);
    } catch (error) {
      signal?.throwIfAborted();
      logger.warn('the kept API answers cannot be read', { error: String(error) });
      return null;
    }
    if (encoded === null) return null;
    const kept = decodeKeptAnswer(encoded, url);
    if (kept !== null && isKept(kept, clock.now(), ttlMs) && isReadable(kept, kind)) return kept;
    remove(key);
    return null;
  };

  return {
    freshForMs,
    async get(asked) {
      const entries = await loaded();
      const known = entries.get(asked.key)?.kept;
      if (known !== undefined && isKept(known, clock.now(), ttlMs)) return known;
      entries.delete(asked.key);
      const kept = await readStore(asked);
      if (kept !== null) entries.set(asked.key, { kept, where: 'store' });
      return kept;
    },
    async put(key, entry) {
      const { kept, where, confirmedBeforeMs = -Infinity } = entry;
      const entries = await loaded();
      if (where === 'memory' && entries.peek(key)?.where === 'store') remove(key);
      entries.set(key, entry);
      const isWorthWriting = kept.confirmedAtMs - confirmedBeforeMs >= ttlMs * REWRITE_AFTER_SHARE;
      if (where === 'store' && isWorthWriting) write(key, (to) => to.put({ key, value: encodeKeptAnswer(kept) }));
    },
    async delete(key) {
      (await loaded()).delete(key);
      remove(key);
    },
    async settle() {
      await Promise.all(writes.values());
    },
  };
}

function isReadable({ bytes, answerUrl }: KeptAnswer, kind: BodyKind): boolean {
  if (kind === 'text') return true;
  try {
    jsonValue(bytes, answerUrl);
    return true;
  } catch {
    // Not JSON: damaged, or not written by us.
    return false;
  }
}
