import { dirname } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSink, HashAlgorithm, OpenSinkOptions } from '@modelkeep/io';
import type { FetchContext } from '../fetch-context.ts';
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
      reopen: (inode) => io.openSink({ ...sinkOptions(context), path: sink.path, resumeAtBytes: 0, inode }),
    });
  } catch (error) {
    // Why the part cannot be opened is what counts.
    const { journal, prefix } = acquired;
    await (prefix === undefined ? journal?.remove() : journal?.close())?.catch(() => {});
    throw error;
  }
}

async function openAcquired(context: FetchContext, { path, prefix }: AcquiredPart): Promise<FileSink> {
  const { io, part } = context.options;
  const common = sinkOptions(context);
  if (prefix !== undefined) {
    return io.openSink({ ...common, path, resumeAtBytes: prefix.durableBytes, inode: prefix.inode });
  }
  try {
    return await io.openSink({ ...common, path });
  } catch (error) {
    if (!isModelkeepError(error, 'io.exists')) throw error;
    return io.openSink({ ...common, path: besidePart(part) });
  }
}

function sinkOptions({ known }: FetchContext): Omit<OpenSinkOptions, 'path'> {
  const algorithms: HashAlgorithm[] = ['sha256', 'blake3'];
  // Where the size is not known yet, git's hash is computed from the finished file.
  if (known.gitSha1 !== null && known.sizeBytes !== null) algorithms.push('git-sha1');
  return { algorithms, expectedSizeBytes: known.sizeBytes };
}
