import type { Clock } from '@modelkeep/core';
import type { HttpClient } from '@modelkeep/network';
import type { MissStore } from '../misses/miss-store.ts';

/** What every question to the site goes through. */
export interface CivitaiContext {
  readonly http: HttpClient;
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly misses: MissStore;
  readonly missTtlMs: number;
  readonly clock: Clock;
}
