import { setTimeout as sleep } from 'node:timers/promises';

const LARGEST_CHUNK_BYTES = 1024 * 1024;
/** A paced body is sent in about this many pieces a second. */
const PIECES_PER_SECOND = 20;

/** Splits a body into pieces and keeps to a rate. The wait before a piece is cut short by the signal. */
export async function* pacedBody(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly bytesPerSecond: number | undefined; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const { bytesPerSecond, signal } = options;
  const pieceBytes =
    bytesPerSecond === undefined
      ? LARGEST_CHUNK_BYTES
      : Math.min(LARGEST_CHUNK_BYTES, Math.max(1, Math.floor(bytesPerSecond / PIECES_PER_SECOND)));
  const startedMs = performance.now();
  let sentBytes = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes);
      sentBytes += piece.length;
      if (bytesPerSecond !== undefined) {
        const dueMs = startedMs + (sentBytes / bytesPerSecond) * 1000;
        await sleep(Math.max(0, dueMs - performance.now()), undefined, { signal });
      }
      yield piece;
    }
  }
}

/** The first bytes of a body. */
export async function* firstBytes(chunks: AsyncIterable<Uint8Array>, limitBytes: number): AsyncGenerator<Uint8Array> {
  let leftBytes = limitBytes;
  if (leftBytes === 0) return;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, leftBytes);
    leftBytes -= Math.min(leftBytes, chunk.length);
    if (leftBytes === 0) return;
  }
}
