import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { FetchContext } from './fetch-context.ts';
import type { VerifiedPart } from './fetch-options.ts';
import { openPartWriter } from './part/open-part-writer.ts';
import { progressOf } from './stream/pour-body.ts';
import { statusOf } from './status-of.ts';
import { streamPart } from './stream/stream-part.ts';
import { quarantinePart } from './verify/quarantine.ts';
import { verifyContent } from './verify/verify-content.ts';

/**
 * @internal Acquires a part, fills it and verifies it.
 *
 * @param round - the second time wrong bytes are kept in quarantine, the first time they are removed
 */
export async function fetchOnce(context: FetchContext, round: { readonly isSecond: boolean }): Promise<VerifiedPart> {
  const writer = await openPartWriter(context);
  try {
    context.progress.report(progressOf(context, writer));
    await streamPart(context, writer);
    const finished = await writer.finish();
    const content = await verifyContent(context, writer.path, finished);
    await requireSameFile(context, writer.path, finished.inode);
    context.progress.end(progressOf(context, writer));
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
    if (round.isSecond && writer.bytesAccepted > 0) await quarantinePart(context, writer.path);
    await writer.discard();
    throw error;
  }
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
