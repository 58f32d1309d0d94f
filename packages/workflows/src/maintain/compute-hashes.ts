import { startOperation, type Operation } from '@modelkeep/core';
import type { ComputeHashesReport, LibraryStore } from '@modelkeep/library';

/** Whose further hashes are computed. */
export interface ComputeHashesRequest {
  /** Ids, prefixes of ids or slugs. @default all models */
  readonly models?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Computes with progress. How many bytes there are to read shows only on the way. */
export function computeHashes(store: LibraryStore, request: ComputeHashesRequest): Operation<ComputeHashesReport> {
  return startOperation(async (report) => {
    report({ phase: 'hashing' });
    const onProgress = (bytesDone: number, file: string): void => report({ bytesDone, file });
    const result = await store.computeHashes({ ...request, onProgress });
    report({ phase: 'done', fraction: 1, file: null });
    return result;
  });
}
