import { systemCodeOf } from '@modelkeep/io';
import { createFetchContext, type FetchContext } from './fetch-context.ts';
import { fetchOnce } from './fetch-once.ts';
import type { FetchToPartOptions, VerifiedPart } from './fetch-options.ts';

const MAX_DISPLACEMENTS = 5;

/**
 * Fetches a file to a part: streams, hashes while it writes, and resumes what an earlier call or another process left.
 * What it returns is whole, equal to all that is known of it, durable and closed.
 *
 * - It starts with one connection and takes more of them while the rate grows by it; where the source sends no parts, or
 *   wrong ones, one connection does it.
 * - A break, a stall or an overload is answered by going on where the durable bytes end, up to five times without progress.
 * - Wrong bytes are fetched once more from the start, over one connection; then it fails and they go to the quarantine.
 * - A source that fails is left for the next of the `mirrors`.
 * - An abort pauses: the next call with the same part and journal goes on. Files up to 1 MiB begin anew.
 * - Two calls for the same part, in whatever process, both succeed: one writes the part, the other a file beside it. The
 *   result says where the bytes are.
 *
 * @throws `transfer.integrity`, `transfer.interrupted`, `transfer.bad-answer`, `transfer.source-changed`,
 * `network.status`, `network.rate-limited`, `network.redirect`, `network.body`, `network.offline`, `io.disk-full` (what is
 * on disk stays) and other `io.*`, `core.invalid-argument`, `signal.reason`
 * @example
 * ```ts
 * import { createIo } from '@modelkeep/io';
 * import { createHttpClient } from '@modelkeep/network';
 * import { fetchToPart } from '@modelkeep/transfer';
 *
 * const io = createIo();
 * const http = createHttpClient();
 * const url = 'https://huggingface.co/org/name/resolve/main/model.safetensors';
 * const file = 'model.safetensors';
 * const { sha256, verified } = await fetchToPart({ http, io, url, file, part: '/tmp/1.part', journal: '/tmp/1.journal' });
 * ```
 */
export async function fetchToPart(options: FetchToPartOptions): Promise<VerifiedPart> {
  const context = createFetchContext(options);
  options.signal?.throwIfAborted();
  try {
    return await fetchVerified(context);
  } finally {
    context.progress.stop();
  }
}

async function fetchVerified(context: FetchContext): Promise<VerifiedPart> {
  for (let displacements = 0; ;) {
    try {
      const fetched = await fetchOnce(context);
      if (fetched !== undefined) return fetched;
      // Of several connections nobody can say which one brought the wrong bytes.
      context.maxConnections = 1;
    } catch (error) {
      displacements += 1;
      if (displacements >= MAX_DISPLACEMENTS || !isDisplaced(error)) throw error;
      context.isDisplaced = true;
    }
  }
}

/** The part's name belongs to a file of another process, which could not tell whether this one runs. */
function isDisplaced(error: unknown): boolean {
  return systemCodeOf(error) === 'ESTALE';
}
