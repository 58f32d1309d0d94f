import type { TaskContext } from '@modelkeep/workers';
import { hashDescriptor, type HashFileInput, type HashFileOutput } from './hash-file.ts';
import { chunkWriter, copyWork, finishCopy, openCopy } from './open-copy.ts';
import { removedOnFailure } from './removed-on-failure.ts';
import type { WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker. */
export interface CopyFileInput extends HashFileInput {
  readonly target: string;
  readonly permissions: number;
}

/** @internal Worker → main thread. */
export interface CopyFileOutput extends HashFileOutput {
  readonly method: 'reflink' | 'copy';
}

/**
 * @internal Makes a new, durable file with the same bytes. What could not be finished is removed.
 *
 * @returns null for a file that is too large for one thread
 */
export async function copyFile(
  tools: WorkerTools,
  input: CopyFileInput,
  context: TaskContext,
): Promise<CopyFileOutput | null> {
  const opened = openCopy(tools, input);
  if (opened === null) return null;
  const { copy, method, mtimeMs } = opened;
  try {
    return await removedOnFailure(tools, input.target, async () => {
      try {
        const { from, to } = copyWork(input, opened);
        const hashed = await hashDescriptor(tools, { ...input, ...from, context, onChunk: chunkWriter(tools, to) });
        finishCopy(tools, { ...input, copy, sizeBytes: hashed.sizeBytes });
        return { ...hashed, mtimeMs, method };
      } finally {
        tools.bulk.close(copy);
      }
    });
  } finally {
    tools.bulk.close(opened.source);
  }
}
