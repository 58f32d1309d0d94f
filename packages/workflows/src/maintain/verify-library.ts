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
    const { bytes: bytesTotal } = await store.index.stats();
    report({ phase: 'hashing', bytesTotal });
    const result = await store.verify({
      ...options,
      onProgress: (bytesDone, file) =>
        report({ bytesDone, file, fraction: bytesTotal === 0 ? 0 : Math.min(1, bytesDone / bytesTotal) }),
    });
    report({ phase: 'done', fraction: 1, file: null });
    return result;
  });
}
