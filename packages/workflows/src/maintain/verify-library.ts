import { startOperation, type Operation } from '@modelkeep/core';
import type { LibraryStore, VerifyReport } from '@modelkeep/library';

/** How a library is verified. */
export interface VerifyLibraryOptions {
  /** `hash` reads every byte, `size` only looks at sizes. @default 'hash' */
  readonly depth?: 'hash' | 'size' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Verifies with progress. */
export function verifyLibrary(store: LibraryStore, options: VerifyLibraryOptions): Operation<VerifyReport> {
  return startOperation(async (report) => {
    report({ phase: 'hashing', bytesTotal: (await store.index.stats()).bytes });
    const { bytesTotal } = { bytesTotal: (await store.index.stats()).bytes };
    const result = await store.verify({
      ...options,
      onProgress: (bytesDone, file) =>
        report({ bytesDone, file, fraction: bytesTotal === 0 ? 0 : Math.min(1, bytesDone / bytesTotal) }),
    });
    report({ phase: 'done', fraction: 1, file: null });
    return result;
  });
}
