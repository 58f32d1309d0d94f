import { ModelkeepError, type Clock } from '@modelkeep/core';
import { fetchSpan, type FetchedSpan } from './fetch-span.ts';
import type { FileAddress, Location } from './located-file.ts';
import { createQueue } from './queue.ts';
import type { RemoteFile, RemoteFileLimits } from './remote-file.ts';
import { createSegmentCache } from './segment-cache.ts';

/** What {@link readRemoteFile} needs beside the address. */
export interface ReadRemoteFileOptions {
  readonly limits: RemoteFileLimits;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Opens a file with one request for its beginning. */
export async function readRemoteFile(address: FileAddress, options: ReadRemoteFileOptions): Promise<RemoteFile> {
  const { clock, limits, signal: openSignal } = options;
  const firstReadBytes = checkBytes('firstReadBytes', limits.firstReadBytes ?? 524_288);
  const maxReadBytes = Math.max(firstReadBytes, checkBytes('maxReadBytes', limits.maxReadBytes ?? 4_194_304));
  const cache = createSegmentCache(checkBytes('cacheBytes', limits.cacheBytes ?? 16_777_216));
  const closing = new AbortController();
  const inTurn = createQueue();
  let bytesFetched = 0;
  let location: Location | null = null;
  let whole: Uint8Array | null = null;
  /** Where reading on would go on, and how much is then read ahead. */
  let ahead = { atBytes: 0, bytes: firstReadBytes };

  const fetch = async (startBytes: number, endBytes: number, signal: AbortSignal | undefined): Promise<FetchedSpan> => {
    const fetched = await fetchSpan(
      { startBytes, endBytes },
      {
        address,
        clock,
        last: location,
        signal: signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]),
        onBytes: (count) => void (bytesFetched += count),
      },
    );
    location = fetched.location;
    if (fetched.isWhole) whole = fetched.bytes;
    else cache.add(startBytes, fetched.bytes);
    return fetched;
  };

  const first = await fetch(0, firstReadBytes, openSignal);
  const { sizeBytes, facts } = first.location;
  ahead = { atBytes: first.bytes.length, bytes: Math.min(firstReadBytes * 2, maxReadBytes) };

  /** Some bytes from a place before the end of the file, at least one. */
  const bytesFrom = async (at: number, endBytes: number, signal: AbortSignal | undefined): Promise<Uint8Array> => {
    const kept = whole?.subarray(at) ?? cache.from(at);
    if (kept !== null) return kept;
    const readAhead = at === ahead.atBytes ? ahead.bytes : firstReadBytes;
    const wanted = Math.min(Math.max(endBytes - at, readAhead), maxReadBytes);
    const until = Math.min(at + wanted, cache.nextStart(at) ?? sizeBytes, sizeBytes);
    const { bytes, isWhole } = await fetch(at, until, signal);
    ahead = { atBytes: until, bytes: Math.min(readAhead * 2, maxReadBytes) };
    return isWhole ? bytes.subarray(at) : bytes;
  };

  const close = async (): Promise<void> => {
    closing.abort(
      new ModelkeepError('core.closed', { message: 'the remote file is closed', facts: { resource: 'remote file' } }),
    );
    cache.clear();
    whole = null;
  };

  return {
    url: address.url,
    sizeBytes,
    commit: facts.commit,
    sha256: facts.sha256,
    gitSha1: facts.gitSha1,
    get bytesFetched() {
      return bytesFetched;
    },
    read: async (offset, length, signal) => {
      const start = Math.min(checkPlace('offset', offset), sizeBytes);
      const endBytes = Math.min(start + checkPlace('length', length), sizeBytes);
      return inTurn(async () => {
        const bytes = new Uint8Array(endBytes - start);
        for (let at = start; at < endBytes;) {
          closing.signal.throwIfAborted();
          signal?.throwIfAborted();
          const found = (await bytesFrom(at, endBytes, signal)).subarray(0, endBytes - at);
          bytes.set(found, at - start);
          at += found.length;
        }
        closing.signal.throwIfAborted();
        return bytes;
      }, signal);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function checkBytes(argument: string, bytes: number): number {
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw invalid(argument, bytes, 'a whole number above 0');
}

function checkPlace(argument: string, bytes: number): number {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  throw invalid(argument, bytes, 'a whole number from 0 on');
}

function invalid(argument: string, found: number, wanted: string): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', {
    message: `${argument} is ${wanted}, not ${found}`,
    facts: { argument, found },
  });
}
