import { isModelkeepError } from '@modelkeep/core';
import type { WrittenFile } from '@modelkeep/io';
import { judgeAnswer } from '../answer/judge-answer.ts';
import { learnLinkedFacts } from '../answer/linked-facts.ts';
import { integrityError, truncatedError } from '../errors.ts';
import type { FetchContext } from '../fetch-context.ts';
import { besidePart } from '../part/acquire-part.ts';
import { algorithmsOf } from '../part/algorithms-of.ts';
import { removeName } from '../part/remove-name.ts';
import { createAttempts, type AttemptFailure } from '../stream/attempts.ts';

/** Up to this size a file is held in memory and written at once: a journal would cost more than it saves. */
const SMALL_BYTES = 1024 * 1024;

/** @internal Whether {@link fetchSmall} takes the file. */
export function isSmall({ known }: FetchContext): boolean {
  return known.sizeBytes !== null && known.sizeBytes <= SMALL_BYTES;
}

/** @internal A small file that was written. */
export interface SmallFile extends WrittenFile {
  readonly path: string;
}

/** @internal Fetches a small file in one piece, from one source after the other. */
export async function fetchSmall(context: FetchContext): Promise<SmallFile> {
  const bytes = await fetchBytes(context);
  const { io, part } = context.options;
  const write = (path: string): Promise<SmallFile> =>
    io.writeWhole({ path, bytes, algorithms: algorithmsOf(context) }).then((written) => ({ ...written, path }));
  if (context.isDisplaced) return write(besidePart(part));
  try {
    return await write(part);
  } catch (error) {
    if (!isModelkeepError(error, 'io.exists')) throw error;
    // What an earlier call has left is of no use, and whoever still writes it goes on with its own inode.
    await removeName(io.fileSystem, part);
    return await write(part).catch((again: unknown) => {
      if (!isModelkeepError(again, 'io.exists')) throw again;
      return write(besidePart(part));
    });
  }
}

async function fetchBytes(context: FetchContext): Promise<Uint8Array> {
  const { signal = new AbortController().signal } = context.options;
  const nothing = { bytesSafe: 0, checkpoint: async (): Promise<void> => {} };
  let attempts = createAttempts(context, nothing);
  for (;;) {
    signal.throwIfAborted();
    const source = context.sources.current;
    const permit = await context.connections.take(new URL(source.url).origin, signal);
    const result = await attempt(context, signal).finally(() => permit.release());
    if (result instanceof Uint8Array) {
      source.hasGiven = true;
      return result;
    }
    try {
      signal.throwIfAborted();
      await attempts.failed(result, signal);
    } catch (error) {
      if (signal.aborted || !isModelkeepError(error) || !context.sources.drop(source, error)) throw error;
      attempts = createAttempts(context, nothing);
    }
  }
}

async function attempt(context: FetchContext, signal: AbortSignal): Promise<Uint8Array | AttemptFailure> {
  const { http, limiters = [] } = context.options;
  const { url, headers = {} } = context.sources.current;
  const sizeBytes = context.known.sizeBytes ?? 0;
  const bytes = new Uint8Array(sizeBytes);
  let length = 0;
  try {
    const answer = await http.request({ url, headers, signal, retry: false, endpointClass: 'resolve' });
    const body = answer.body[Symbol.asyncIterator]();
    try {
      learnLinkedFacts(context, answer);
      const facts = { etag: null, totalBytes: null };
      const verdict = judgeAnswer(context, answer, { isWhole: true, offset: 0, endBytes: null, facts });
      if (verdict.kind === 'failed') return { error: verdict.error, answer, atOnce: verdict.atOnce };
      for (let next = await body.next(); next.done !== true; next = await body.next()) {
        signal.throwIfAborted();
        const found = length + next.value.byteLength;
        if (found > sizeBytes) {
          const problem = { algorithm: 'size', expected: String(sizeBytes), found: `${found} or more` } as const;
          throw integrityError(context, problem);
        }
        for (const limiter of limiters) await limiter.take(next.value.byteLength, signal);
        bytes.set(next.value, length);
        length = found;
        context.bytesFetched += next.value.byteLength;
        const progress = { bytesOnDisk: length, bytesVerified: 0, bytesTotal: sizeBytes, connections: 1 };
        context.progress.report({ ...progress, bytesFetched: context.bytesFetched });
      }
    } finally {
      // Frees the connection where the body was not read to its end; nobody waits for it.
      body.return?.()?.catch(() => {});
    }
  } catch (error) {
    return { error };
  }
  return length === sizeBytes ? bytes : { error: truncatedError(context, { found: length, expected: sizeBytes }) };
}
