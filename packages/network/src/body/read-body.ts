import { ModelkeepError, redactUrl } from '@modelkeep/core';
import type { HttpResult } from '../client/http-answer.ts';

/** A server may send a byte at a time, and each chunk takes more than its bytes: so many are put into one. */
const MAX_LOOSE_CHUNKS = 1_024;

/** How {@link readBody} reads. */
export interface ReadBodyOptions {
  readonly maxBytes: number;
  /** Whether the request was a HEAD, whose content-length is not that of its body. */
  readonly isHead: boolean;
}

/**
 * Reads a body to its end.
 *
 * @throws `network.body` for one that is too large (before it is read where it says so) or shorter than it said
 */
export async function readBody(result: HttpResult, options: ReadBodyOptions): Promise<Uint8Array> {
  const announced = announcedBytes(result, options.isHead);
  const pieces: Uint8Array[] = [];
  let loose: Uint8Array[] = [];
  let bytes = 0;
  if ((announced ?? 0) > options.maxBytes) {
    await result.body[Symbol.asyncIterator]().return?.();
    throw bodyError(result.url, 'too-large', `${announced} bytes`);
  }
  for await (const chunk of result.body) {
    bytes += chunk.byteLength;
    if (bytes > options.maxBytes) throw bodyError(result.url, 'too-large', `more than ${options.maxBytes} bytes`);
    loose.push(chunk);
    if (loose.length < MAX_LOOSE_CHUNKS) continue;
    pieces.push(Buffer.concat(loose));
    loose = [];
  }
  if (announced !== null && bytes < announced) {
    throw bodyError(result.url, 'truncated', `${bytes} of ${announced} bytes`);
  }
  return Buffer.concat([...pieces, ...loose], bytes);
}

/** The error of a body that is not what was asked for. */
export function bodyError(
  url: string,
  reason: 'content-type' | 'invalid-json' | 'too-large' | 'truncated',
  found: string,
): ModelkeepError<'network.body'> {
  const hint =
    reason === 'content-type'
      ? 'Something between this machine and the server answers in its place: a log-in page of the network, or a proxy.'
      : undefined;
  return new ModelkeepError('network.body', {
    message: `The body of ${redactUrl(url)} cannot be used: ${reason} (${found})`,
    facts: { url: redactUrl(url), reason, found },
    hint,
  });
}

function announcedBytes(result: HttpResult, isHead: boolean): number | null {
  const text = result.headers['content-length'];
  if (isHead || result.status === 204 || result.status === 304 || text === undefined) return null;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
