import { isModelkeepError, ModelkeepError, redactUrl, type Clock } from '@modelkeep/core';
import { locatePart, type FileAddress, type LocatedPart, type Location } from './located-file.ts';
import { readUpTo, type ByteSpan } from './request-part.ts';

const ATTEMPTS = 3;
const BASE_DELAY_MS = 500;
const BROKEN = ['network.connection', 'network.timeout', 'network.body'] as const;

/** What {@link fetchSpan} works with. */
export interface FetchSpanOptions {
  readonly address: FileAddress;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Null before the first request. */
  readonly last: Location | null;
  readonly onBytes: (count: number) => void;
}

/** Bytes that were fetched, and where they came from. */
export interface FetchedSpan {
  readonly bytes: Uint8Array;
  readonly location: Location;
  /** Whether the file came whole, in place of the part that was asked for. */
  readonly isWhole: boolean;
}

/**
 * Fetches a part of the file, cut where the file ends. A body that breaks off is asked for again from there; three times
 * without a byte end it.
 */
export async function fetchSpan(span: ByteSpan, options: FetchSpanOptions): Promise<FetchedSpan> {
  const { address, clock, signal, onBytes } = options;
  const chunks: Uint8Array[] = [];
  let { last } = options;
  let at = span.startBytes;
  let end = span.endBytes;
  let isWhole = false;
  /** Where the bytes ended so far: a file that comes whole each time, and breaks off, makes no progress. */
  let furthest = at;
  for (let failures = 0; ;) {
    const part = await locatePart(address, { span: { startBytes: at, endBytes: end }, last, signal });
    last = part.location;
    end = Math.min(end, last.sizeBytes);
    if (part.answer.status === 200) {
      isWhole = true;
      chunks.length = 0;
      at = 0;
    }
    const broken = await readPartBody(part, part.span.endBytes - at, (chunk) => {
      chunks.push(chunk);
      at += chunk.length;
      onBytes(chunk.length);
    });
    signal.throwIfAborted();
    if (at >= end) return { bytes: Buffer.concat(chunks), location: last, isWhole };
    if (broken === null) continue;
    failures = at > furthest ? 1 : failures + 1;
    furthest = Math.max(furthest, at);
    if (failures >= ATTEMPTS) throw broken;
    await clock.sleep(Math.random() * BASE_DELAY_MS * 2 ** failures, signal);
  }
}

/** @returns why the body came to less than it should, or null */
async function readPartBody(
  { answer }: LocatedPart,
  length: number,
  onChunk: (chunk: Uint8Array) => void,
): Promise<ModelkeepError | null> {
  let left = length;
  try {
    for await (const chunk of readUpTo(answer.body, length)) {
      left -= chunk.length;
      onChunk(chunk);
    }
    return left === 0 ? null : truncated(answer.url, `${length - left} of ${length} bytes`);
  } catch (error) {
    for (const code of BROKEN) if (isModelkeepError(error, code)) return left === 0 ? null : error;
    throw error;
  } finally {
    answer.discard();
  }
}

function truncated(url: string, found: string): ModelkeepError<'network.body'> {
  const shown = redactUrl(url);
  return new ModelkeepError('network.body', {
    message: `The body of ${shown} was cut short: ${found}`,
    facts: { url: shown, reason: 'truncated', found },
  });
}
