import { z } from 'zod';
import type { LibraryJobType } from './payloads.ts';

const count = z.int().min(0);
const ids = z.array(z.string());

/** What a job has fetched. */
export interface FetchedByJob {
  /** Ids of the models that came of it. */
  readonly models: readonly string[];
  readonly bytesFetched: number;
  /** Bytes that an earlier attempt had left. */
  readonly bytesResumed: number;
}

/** What jobs of each type leave as their `result` when they are completed. Where nothing is named, the library shows it. */
export interface LibraryJobResults {
  readonly download: FetchedByJob;
  readonly 'download-artifacts': Pick<FetchedByJob, 'models' | 'bytesFetched'>;
  readonly sync: {
    readonly repoId: string;
    readonly commit: string | null;
    /** Files that the repo has. */
    readonly artifacts: number;
    readonly bytesFetched: number;
  };
  readonly import: {
    readonly models: readonly string[];
    /** Files that were not taken. */
    readonly skipped: number;
  };
  readonly scan: Readonly<Record<string, never>>;
  readonly hash: Readonly<Record<string, never>>;
  readonly enrich: Readonly<Record<string, never>>;
  readonly verify: { readonly problems: number };
  readonly copy: FetchedByJob;
  readonly 'sync-inventory': {
    /** Contents that the library has. */
    readonly items: number;
    readonly appeared: number;
    readonly updated: number;
    readonly vanished: number;
  };
  /** How many links had each outcome. */
  readonly map: { readonly counts: Readonly<Record<string, number>> };
}

const nothing = z.strictObject({});
const fetched = z.strictObject({ models: ids, bytesFetched: count, bytesResumed: count });

/** @internal What jobs of each type leave; what is something else fails the attempt. */
export const results: { readonly [T in LibraryJobType]: z.ZodType<LibraryJobResults[T]> } = {
  download: fetched,
  'download-artifacts': z.strictObject({ models: ids, bytesFetched: count }),
  sync: z.strictObject({ repoId: z.string(), commit: z.string().nullable(), artifacts: count, bytesFetched: count }),
  import: z.strictObject({ models: ids, skipped: count }),
  scan: nothing,
  hash: nothing,
  enrich: nothing,
  verify: z.strictObject({ problems: count }),
  copy: fetched,
  'sync-inventory': z.strictObject({ items: count, appeared: count, updated: count, vanished: count }),
  map: z.strictObject({ counts: z.record(z.string(), count) }),
};
