import { integrityError, truncatedError } from '../errors.ts';
import type { TransferAnswer } from '../transfer-http.ts';
import type { FetchClaimOptions } from './fetch-claim-options.ts';

/** @internal What {@link pourBody} pours. */
export interface PouredBody {
  readonly answer: TransferAnswer;
  /** Where in the file the body ends, or null when only its end tells. */
  readonly endBytes: number | null;
}

/**
 * @internal Writes a body where its claim is, and lets go of it where the claim has to stop.
 *
 * @throws `transfer.integrity` at the first byte that is too much, `network.body` when it ends too early
 */
export async function pourBody(options: FetchClaimOptions, { answer, endBytes }: PouredBody): Promise<void> {
  const { context, writer, board, claim, signal, onBytes } = options;
  const { limiters = [] } = context.options;
  const { giveBack } = answer;
  for await (const chunk of answer.body) {
    signal.throwIfAborted();
    const positionBytes = claim.positionBytes;
    const chunkEnd = positionBytes + chunk.byteLength;
    if (endBytes !== null && chunkEnd > endBytes) {
      throw integrityError(context, { algorithm: 'size', expected: String(endBytes), found: `${chunkEnd} or more` });
    }
    const limit = board.limitOf(claim);
    const isLast = chunkEnd >= limit;
    const bytes = chunkEnd > limit ? chunk.subarray(0, limit - positionBytes) : chunk;
    claim.positionBytes = positionBytes + bytes.byteLength;
    for (const limiter of limiters) await limiter.take(bytes.byteLength, signal);
    const release = giveBack === undefined ? undefined : (): void => giveBack(chunk);
    await writer.write({ bytes, positionBytes, release }, signal);
    context.bytesFetched += chunk.byteLength;
    onBytes(chunk.byteLength);
    if (isLast && claim.positionBytes !== endBytes) return;
  }
  if (endBytes !== null && claim.positionBytes < endBytes) {
    throw truncatedError(context, { found: claim.positionBytes, expected: endBytes });
  }
}
