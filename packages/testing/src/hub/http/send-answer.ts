import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, AnswerCut } from './answer.ts';
import { firstBytes, pacedBody } from './paced-body.ts';
import type { OpenRecord } from './request-log.ts';

/** Where and how an answer is sent. */
export interface SendAnswerOptions {
  readonly response: ServerResponse;
  readonly method: string;
  readonly record: OpenRecord;
  /** For this answer; the answer's own rate goes first. */
  readonly bytesPerSecond: number | undefined;
  /** Aborted when the client is gone or the server closes. */
  readonly signal: AbortSignal;
}

/** A reset throws away what the kernel has not delivered: bytes written before it get this long to arrive. */
const RESET_GRACE_MS = 25;

/** Writes an answer; returns when it is sent or cannot be sent any more. Rejects only when the body breaks. */
export async function sendAnswer(answer: Answer, options: SendAnswerOptions): Promise<void> {
  const { record, response, signal } = options;
  if (signal.aborted) return;
  if (answer.cut?.at === 'headers') return cutConnection(answer.cut, options);
  record.status = answer.status;
  writeHead(answer, response);
  if (options.method === 'HEAD' || answer.body === null) {
    response.end();
    return;
  }
  const chunks = answer.body.chunks();
  const wanted = answer.cut === undefined ? chunks : firstBytes(chunks, answer.cut.at);
  const bytesPerSecond = answer.bytesPerSecond ?? options.bytesPerSecond;
  // a body that comes later or never must not hold the headers back
  if (answer.cut !== undefined || bytesPerSecond !== undefined) response.flushHeaders();
  try {
    for await (const piece of pacedBody(wanted, { bytesPerSecond, signal })) {
      record.bytesSent += piece.length;
      await writePiece(piece, { response, signal, flush: answer.cut !== undefined });
      if (signal.aborted) return;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  if (answer.cut !== undefined) return cutConnection(answer.cut, options);
  response.end();
}

function writeHead(answer: Answer, response: ServerResponse): void {
  const { body, headers } = answer;
  const framing = answer.framing ?? (body?.sizeBytes === null ? 'chunked' : 'length');
  const length =
    framing === 'length' && body !== null && headers['content-length'] === undefined
      ? { 'content-length': String(body.sizeBytes) }
      : {};
  // without this Node would add the chunked coding; so the body ends where the connection ends
  if (framing === 'close') response.useChunkedEncodingByDefault = false;
  response.writeHead(answer.status, { ...headers, ...length });
}

async function writePiece(
  piece: Uint8Array,
  { flush, response, signal }: Pick<SendAnswerOptions, 'response' | 'signal'> & { readonly flush: boolean },
): Promise<void> {
  if (flush) {
    // the callback comes when the kernel has the bytes, or with the error of a connection that is gone
    await new Promise<void>((resolve) => {
      response.write(piece, () => resolve());
    });
    return;
  }
  if (!response.write(piece)) await once(response, 'drain', { signal });
}

async function cutConnection(cut: AnswerCut, { response, signal }: SendAnswerOptions): Promise<void> {
  const { socket } = response;
  if (cut.how === 'stall') {
    if (!signal.aborted) await once(signal, 'abort');
    return;
  }
  if (cut.how === 'end') {
    socket?.end();
    return;
  }
  if (cut.at !== 'headers') await sleep(RESET_GRACE_MS, undefined, { signal }).catch(() => undefined);
  socket?.resetAndDestroy();
}
