import { isModelkeepError } from '@modelkeep/core';
import type { FetchContext } from '../fetch-context.ts';
import type { PartWriter } from '../part/part-writer.ts';
import { createAttempts } from './attempts.ts';
import { runConnections } from './run-connections.ts';

/**
 * @internal Fetches what the part lacks, from one source after the other, as often as it takes.
 *
 * @throws `transfer.interrupted`, `transfer.bad-answer`, `transfer.integrity` for a wrong size, `transfer.source-changed`,
 * `network.status`, `network.rate-limited`, `io.disk-full`, `signal.reason`
 */
export async function streamPart(context: FetchContext, writer: PartWriter): Promise<void> {
  const { signal } = context.options;
  let attempts = createAttempts(context, writer);
  for (;;) {
    signal?.throwIfAborted();
    if (writer.bytesAccepted > 0 && writer.bytesAccepted === context.known.sizeBytes) return;
    const source = context.sources.current;
    try {
      const outcome = await runConnections({ context, writer, attempts, source });
      if (outcome === 'whole') return;
      if (outcome === 'start-over') await writer.restart();
    } catch (error) {
      if (signal?.aborted === true || !isOfSource(error) || !context.sources.drop(source, error)) throw error;
      await changeSource(context, writer);
      attempts = createAttempts(context, writer);
    }
  }
}

/** What another source may do better; a full disk is full for all of them. */
function isOfSource(error: unknown): boolean {
  return isModelkeepError(error) && /^(?:transfer|network)\./.test(error.code);
}

/** Without a digest nobody would notice that two sources have two files. */
async function changeSource(context: FetchContext, writer: PartWriter): Promise<void> {
  const { sha256, gitSha1 } = context.known;
  context.rangesAreBroken = false;
  context.changedEtags.clear();
  if (sha256 === null && gitSha1 === null) await writer.restart();
  else writer.describe({ ...writer.facts, etag: null });
}
