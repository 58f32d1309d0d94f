import type { Progress } from '@modelkeep/core';
import type { Clock } from '@modelkeep/core';
import type { ImportFile } from './find-importable.ts';

/** @internal Tells how far an import is. */
export interface ImportProgress {
  start(file: ImportFile): void;
  bytes(file: ImportFile, done: number): void;
  done(file: ImportFile): void;
}

/** @internal */
export function createImportProgress(
  clock: Clock,
  report: (change: Partial<Progress>) => void,
  files: readonly ImportFile[],
): ImportProgress {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let before = 0;
  let filesDone = 0;
  const startedAt = clock.monotonicMs();
  const tell = (file: string | null, bytesDone: number): void => {
    const elapsedMs = clock.monotonicMs() - startedAt;
    const bytesPerSecond = elapsedMs > 0 ? (bytesDone / elapsedMs) * 1_000 : 0;
    report({
      phase: 'copying',
      file,
      filesDone,
      filesTotal: files.length,
      bytesDone,
      bytesTotal: total,
      bytesPerSecond,
      etaMs: bytesPerSecond > 0 ? ((total - bytesDone) / bytesPerSecond) * 1_000 : null,
      fraction: total === 0 ? 1 : bytesDone / total,
    });
  };
  return {
    start: (file) => tell(file.name, before),
    bytes: (file, done) => tell(file.name, before + done),
    done: (file) => {
      before += file.sizeBytes;
      filesDone += 1;
      tell(file.name, before);
    },
  };
}
