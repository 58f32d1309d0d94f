import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { FetchContext } from './fetch-context.ts';
import type { VerifiedPart } from './fetch-options.ts';
import { openPartWriter } from './part/open-part-writer.ts';
import { fetchSmall, isSmall } from './small/fetch-small.ts';
import { statusOf } from './status-of.ts';
import { progressOf } from './stream/progress-of.ts';
import { streamPart } from './stream/stream-part.ts';
import { quarantinePart } from './verify/quarantine.ts';
import { verifyContent } from './verify/verify-content.ts';

/**
 * @internal Acquires a part, fills it and verifies it.
 *
 * @returns undefined when the bytes were wrong and are to be fetched again: they are removed. The last time they are kept
 * in quarantine and the error is thrown
 */
export function fetchOnce(context: FetchContext): Promise<VerifiedPart | undefined> {
  return isSmall(context) ? fetchWhole(context) : fetchStream(context);
}

async function fetchStream(context: FetchContext): Promise<VerifiedPart | undefined> {
  // Modules and threads load at the same time.
  context.options.http.prepare?.();
  const writer = await openPartWriter(context);
  try {
    context.progress.report(progressOf(context, writer, 0));
    await streamPart(context, writer);
    const finished = await writer.finish();
    const content = await verifyContent(context, writer.path, finished);
    await requireSameFile(context, writer.path, finished.inode);
    context.progress.end(progressOf(context, writer, 0));
    return {
      part: writer.path,
      device: finished.device,
      inode: finished.inode,
      ...content,
      bytesFetched: context.bytesFetched,
      resumedFromBytes: writer.resumedFromBytes,
    };
  } catch (error) {
    if (!isModelkeepError(error, 'transfer.integrity')) {
      await writer.pause();
      throw error;
    }
    await writer.close();
    const isLast = !context.sources.afterMismatch(error);
    if (isLast && writer.bytesAccepted > 0) await quarantinePart(context, writer.path);
    await writer.discard();
    if (isLast) throw error;
    logMismatch(context, error);
    return undefined;
  }
}

async function fetchWhole(context: FetchContext): Promise<VerifiedPart | undefined> {
  const { io } = context.options;
  let path: string | undefined;
  try {
    const written = await fetchSmall(context);
    path = written.path;
    const content = await verifyContent(context, path, written);
    const { sizeBytes } = content;
    const { bytesFetched } = context;
    context.progress.end({
      bytesOnDisk: sizeBytes,
      bytesVerified: sizeBytes,
      bytesTotal: sizeBytes,
      bytesFetched,
      connections: 0,
    });
    const { device, inode } = written;
    return { part: path, device, inode, ...content, bytesFetched, resumedFromBytes: 0 };
  } catch (error) {
    if (!isModelkeepError(error, 'transfer.integrity')) throw error;
    const isLast = !context.sources.afterMismatch(error);
    // What is gone already is as good.
    if (path !== undefined) await (isLast ? quarantinePart(context, path) : io.fileSystem.unlink(path).catch(() => {}));
    if (isLast) throw error;
    logMismatch(context, error);
    return undefined;
  }
}

function logMismatch({ logger, options }: FetchContext, error: ModelkeepError): void {
  logger.warn(`${options.file} is wrong and is fetched once more`, { reason: error.message });
}

/** Another process, which could not tell whether this one runs, may have given the name to a file of its own. */
async function requireSameFile({ options }: FetchContext, path: string, inode: string): Promise<void> {
  const found = await statusOf(options.io.fileSystem, path);
  if (found?.inode === inode) return;
  throw new ModelkeepError('io.failed', {
    message: `${path} is another file than the one that was written`,
    facts: { path, systemCode: 'ESTALE', operation: 'check' },
    hint: 'another process writes there: run the operation again',
  });
}
