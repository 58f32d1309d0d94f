import type { FileSink } from '@modelkeep/io';
import type { FetchContext } from '../fetch-context.ts';
import type { AcquiredPart } from './acquire-part.ts';
import type { PartWriter, SourceFacts } from './part-writer.ts';

/** While one checkpoint runs, as much again and a chunk may come in: together they stay within 16 MiB. */
const CHECKPOINT_BYTES = 7.5 * 1024 * 1024;
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
  const { journal, prefix } = acquired;
  const { path } = first;
  let sink = first;
  let facts: SourceFacts = { etag: prefix?.etag ?? null, totalBytes: prefix?.totalBytes ?? null };
  let safeBytes = prefix?.durableBytes ?? 0;
  let beganAtBytes = safeBytes;
  let beganAtMs = clock.monotonicMs();
  let running: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const sync = async (): Promise<void> => {
    const durableBytes = await sink.sync();
    await journal?.append({ inode: sink.inode, durableBytes, ...facts });
    safeBytes = durableBytes;
  };
  const throwFailure = (): void => {
    if (failure !== undefined) throw failure.error;
  };
  const begin = (): Promise<void> => {
    beganAtBytes = sink.bytesAccepted;
    beganAtMs = clock.monotonicMs();
    running = sync().catch((error: unknown) => {
      failure ??= { error };
    });
    return running;
  };
  const checkpoint = async (): Promise<void> => {
    await running;
    throwFailure();
    if (journal === undefined || sink.bytesAccepted === safeBytes) return;
    await begin();
    throwFailure();
  };
  const isDue = (): boolean => {
    const bytes = sink.bytesAccepted - beganAtBytes;
    return bytes >= CHECKPOINT_BYTES || (bytes > 0 && clock.monotonicMs() - beganAtMs >= CHECKPOINT_MS);
  };
  const close = async (): Promise<void> => {
    await running;
    // A descriptor that cannot be closed is closed by the system, and why the part is given up counts more.
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
    get bytesAccepted() {
      return sink.bytesAccepted;
    },
    get bytesSafe() {
      return journal === undefined ? sink.bytesAccepted : safeBytes;
    },
    resumedFromBytes: prefix?.durableBytes ?? 0,
    describe(found) {
      facts = found;
    },
    async write(chunk, signal) {
      throwFailure();
      await sink.write(chunk, signal);
      if (journal === undefined || !isDue()) return;
      await running;
      throwFailure();
      // Not awaited: bytes come in meanwhile, and a failure comes with the next call.
      void begin();
    },
    checkpoint,
    async restart() {
      await running;
      facts = { etag: null, totalBytes: null };
      // First the journal, then the bytes: it never claims more than there is.
      await journal?.append({ inode: sink.inode, durableBytes: 0, ...facts });
      safeBytes = 0;
      beganAtBytes = 0;
      await sink.abort();
      sink = await reopen(sink.inode);
    },
    async finish() {
      await running;
      throwFailure();
      const { device, inode } = sink;
      const finished = await sink.finish();
      safeBytes = finished.sizeBytes;
      try {
        await journal?.append({ inode, durableBytes: finished.sizeBytes, ...facts });
        await journal?.close();
      } catch {
        // The file is whole and durable: what is not written down costs a later call some bytes, and this one nothing.
      }
      return { ...finished, device, inode };
    },
    close,
    async pause() {
      await checkpoint().catch(() => {});
      if (journal === undefined || safeBytes === 0) return removePart();
      try {
        await running;
        await sink.abort();
        await journal.close();
      } catch {
        // A part whose end is not written down is judged by its process: it costs a copy at most.
      }
    },
    discard: removePart,
  };
}
