import { integrityError, truncatedError } from '../errors.ts';
import type { FetchContext } from '../fetch-context.ts';
import type { PartWriter } from '../part/part-writer.ts';

/** @internal What {@link pourBody} pours. */
export interface PourBodyOptions {
  readonly writer: PartWriter;
  readonly body: AsyncIterable<Uint8Array>;
  /** Where in the file the body ends, or null when only its end tells. */
  readonly endBytes: number | null;
}

/**
 * @internal Writes a body behind the last byte of the part.
 *
 * @throws `transfer.integrity` at the first byte that is too much, `network.body` when it ends too early
 */
export async function pourBody(context: FetchContext, { writer, body, endBytes }: PourBodyOptions): Promise<void> {
  const { signal } = context.options;
  for await (const chunk of body) {
    signal?.throwIfAborted();
    const length = writer.bytesAccepted + chunk.byteLength;
    if (endBytes !== null && length > endBytes) {
      throw integrityError(context, { algorithm: 'size', expected: String(endBytes), found: `${length} or more` });
    }
    await writer.write(chunk, signal);
    context.bytesFetched += chunk.byteLength;
    context.progress.report(progressOf(context, writer));
  }
  if (endBytes !== null && writer.bytesAccepted < endBytes) {
    throw truncatedError(context, { found: writer.bytesAccepted, expected: endBytes });
  }
}

/** @internal How far the fetch is. */
export function progressOf(
  { known, bytesFetched }: FetchContext,
  { bytesAccepted, facts }: Pick<PartWriter, 'bytesAccepted' | 'facts'>,
): { bytesOnDisk: number; bytesTotal: number | null; bytesFetched: number } {
  return { bytesOnDisk: bytesAccepted, bytesTotal: known.sizeBytes ?? facts.totalBytes, bytesFetched };
}
