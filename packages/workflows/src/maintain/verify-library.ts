import { startOperation, type Operation } from '@modelkeep/core';
import type { SharedState } from '@modelkeep/fleet';
import type { Io } from '@modelkeep/io';
import type { LibraryStore, VerifyReport } from '@modelkeep/library';
import { verifyArtifacts, type RepoFilesReport } from '../repos/verify-artifacts.ts';
import type { RunningOperations } from '../workspace/running-operations.ts';

/** How a library is verified. */
export interface VerifyLibraryOptions {
  /** `hash` reads every byte, `size` only looks at sizes. @default 'hash' */
  readonly depth?: 'hash' | 'size' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a verification found, in models and in what `repos/` keeps. Plain data. */
export interface LibraryVerification extends VerifyReport {
  readonly repos: RepoFilesReport;
}

/** @internal */
export interface VerifyLibraryContext {
  readonly store: LibraryStore;
  readonly io: Io;
  /** Null where nothing is shared: then there are no repos. */
  readonly shared: { readonly state: SharedState } | null;
}

/** @internal Verifies with progress. */
export function verifyLibrary(
  { store, io, shared }: VerifyLibraryContext,
  { depth = 'hash', ...options }: VerifyLibraryOptions,
  operations: RunningOperations,
): Operation<LibraryVerification> {
  const signal = operations.join(options.signal);
  const operation = startOperation(async (report) => {
    const { bytes: bytesTotal } = await store.index.stats();
    report({ phase: 'hashing', bytesTotal });
    const models = await store.verify({
      depth,
      signal,
      onProgress: (bytesDone, file) =>
        report({ bytesDone, file, fraction: bytesTotal === 0 ? 0 : Math.min(1, bytesDone / bytesTotal) }),
    });
    const repos =
      shared === null
        ? { files: 0, bytesHashed: 0, problems: [] }
        : await verifyArtifacts({ store, io, state: shared.state }, { depth, report, signal });
    report({ phase: 'done', fraction: 1, file: null });
    return { ...models, repos };
  });
  return operations.track(operation);
}
