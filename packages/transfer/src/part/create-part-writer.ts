import { createByteRanges, type FileSink } from '@modelkeep/io';
import type { FetchContext } from '../fetch-context.ts';
import type { AcquiredPart } from './acquire-part.ts';
import type { PartWriter, SourceFacts } from './part-writer.ts';

/**
 * While one checkpoint runs, as much again may come in, and two chunks of up to a mebibyte wait for it to end: together
 * they stay within 16 MiB.
 */
const CHECKPOINT_BYTES = 6.5 * 1024 * 1024;
const CHECKPOINT_MS = 1_000;

/** @internal What a writer is made from. */
export interface PartWriterParts {
  readonly acquired: AcquiredPart;
  readonly sink: FileSink;
  /** Opens the same file again, cut to nothing. */
  readonly reopen: (inode: string) => Promise<FileSink>;
}

/** @internal Ties the bytes of a part and its journal together: the journal speaks of synced bytes only. */
export function createPartWriter(
  context: FetchContext,
  { acquired, sink: first, reopen }: PartWriterParts,
): PartWriter {
  const { clock, options } = context;
  const { fileSystem } = options.io;
  const { journal, usable } = acquired;
  const { path } = first;
  let sink = first;
  let facts: SourceFacts = { etag: usable?.etag ?? null, totalBytes: usable?.totalBytes ?? null };
  let safeBytes = usable?.durableBytes ?? 0;
  let beganAtBytes = safeBytes;
  let beganAtMs = clock.monotonicMs();
  let running: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const sync = async (): Promise<void> => {
    const ranges = await sink.sync();
    await journal?.append({ inode: sink.inode, ranges, ...facts });
    safeBytes = createByteRanges(ranges).sizeBytes;
  };
  const throwFailure = (): void => {
    if (failure !== undefined) throw failure.error;
  };
  /** Of several that saw the last one end, the first begins the next one, which is that of the others too. */
  const begin = (): Promise<void> => {
    if (running !== undefined) return running;
    beganAtBytes = sink.bytesAccepted;
    beganAtMs = clock.monotonicMs();
    const run = async (): Promise<void> => {
      try {
        await sync();
      } catch (error) {
        failure ??= { error };
      }
      running = undefined;
    };
    running = run();
    return running;
  };
  /** Of several connections that wait for a checkpoint to end, the first may begin another one. */
  const idle = async (): Promise<void> => {
    for (let under = running; under !== undefined; under = running) await under;
    throwFailure();
  };
  const checkpoint = async (): Promise<void> => {
    await idle();
    if (journal === undefined || sink.bytesAccepted === safeBytes) return;
    await begin();
    throwFailure();
  };
  const isDue = (): boolean => {
    const bytes = sink.bytesAccepted - beganAtBytes;
    return bytes >= CHECKPOINT_BYTES || (bytes > 0 && clock.monotonicMs() - beganAtMs >= CHECKPOINT_MS);
  };
  const close = async (): Promise<void> => {
    // Why the part is given up counts more than a checkpoint that fails, or a descriptor that the system has to close.
    await running;
    await sink.abort().catch(() => {});
  };
  const removePart = async (): Promise<void> => {
    await close();
    // What is gone already is as good.
    await fileSystem.unlink(path).catch(() => {});
    await journal?.remove().catch(() => {});
  };

  return {
    path,
    get facts() {
      return facts;
    },
    get accepted() {
      return sink.accepted;
    },
    get bytesAccepted() {
      return sink.bytesAccepted;
    },
    get bytesHashed() {
      return sink.bytesHashed;
    },
    get bytesSafe() {
      return journal === undefined ? sink.bytesAccepted : safeBytes;
    },
    resumedFromBytes: usable?.durableBytes ?? 0,
    describe(found) {
      facts = found;
    },
    async write(chunk, signal) {
      throwFailure();
      await sink.write(chunk, signal);
      if (journal === undefined || !isDue()) return;
      await idle();
      // Not awaited: bytes come in meanwhile, and a failure comes with the next call.
      if (isDue()) void begin();
    },
    checkpoint,
    async restart() {
      await idle();
      facts = { etag: null, totalBytes: null };
      // First the journal, then the bytes: it never claims more than there is.
      await journal?.append({ inode: sink.inode, ranges: [], ...facts });
      safeBytes = 0;
      beganAtBytes = 0;
      await sink.abort();
      sink = await reopen(sink.inode);
    },
    async finish() {
      await idle();
      const { device, inode } = sink;
      const finished = await sink.finish();
      safeBytes = finished.sizeBytes;
      try {
        const ranges = finished.sizeBytes === 0 ? [] : [{ startBytes: 0, endBytes: finished.sizeBytes }];
        try {
          await journal?.append({ inode, ranges, ...facts });
        } finally {
          await journal?.close();
        }
      } catch {
        // The file is whole and durable: what is not written down costs a later call some bytes, and this one nothing.
      }
      return { ...finished, device, inode };
    },
    close,
    async pause() {
      await checkpoint().catch(() => {});
      if (journal === undefined || safeBytes === 0) return removePart();
      // A descriptor that could not be closed is gone all the same.
      await sink.abort().catch(() => {});
      // A part whose end is not written down is judged by its process: it costs a copy at most.
      await journal.close().catch(() => {});
    },
    discard: removePart,
  };
}
