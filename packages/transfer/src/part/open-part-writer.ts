import { dirname } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSink, OpenSinkOptions } from '@modelkeep/io';
import type { FetchContext } from '../fetch-context.ts';
import { algorithmsOf } from './algorithms-of.ts';
import { acquirePart, besidePart, type AcquiredPart } from './acquire-part.ts';
import { createPartWriter } from './create-part-writer.ts';
import type { PartWriter } from './part-writer.ts';

/** @internal Acquires the part and opens it. */
export async function openPartWriter(context: FetchContext): Promise<PartWriter> {
  const { io } = context.options;
  const acquired = await acquirePart(context);
  try {
    const sink = await openAcquired(context, acquired);
    if (acquired.journal !== undefined) await io.fileSystem.fsyncFolder(dirname(sink.path));
    return createPartWriter(context, {
      acquired,
      sink,
      reopen: (inode) => io.openSink({ ...sinkOptions(context), path: sink.path, resume: [], inode }),
    });
  } catch (error) {
    // Why the part cannot be opened is what counts.
    const { journal, usable } = acquired;
    await (usable === undefined ? journal?.remove() : journal?.close())?.catch(() => {});
    throw error;
  }
}

async function openAcquired(context: FetchContext, { path, usable }: AcquiredPart): Promise<FileSink> {
  const { io, part } = context.options;
  const common = sinkOptions(context);
  if (usable !== undefined) {
    return io.openSink({ ...common, path, resume: usable.ranges, inode: usable.inode });
  }
  try {
    return await io.openSink({ ...common, path });
  } catch (error) {
    if (!isModelkeepError(error, 'io.exists')) throw error;
    return io.openSink({ ...common, path: besidePart(part) });
  }
}

function sinkOptions(context: FetchContext): Omit<OpenSinkOptions, 'path'> {
  return { algorithms: algorithmsOf(context), expectedSizeBytes: context.known.sizeBytes };
}
