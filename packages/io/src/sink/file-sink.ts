import type { HashAlgorithm } from '../hashing/hasher.ts';
import type { ByteRange, ReadonlyByteRanges } from '../ranges/byte-ranges.ts';

/** What {@link Io.openSink} opens. */
export interface OpenSinkOptions {
  readonly path: string;
  /**
   * Continues an existing file that has these bytes: it is cut behind the last of them, and they are read back and hashed
   * while new bytes come in. Without it the file must not exist.
   */
  readonly resume?: readonly ByteRange[] | undefined;
  /** The inode that the continued file must have, as {@link FileStatus} tells it: no other file is cut. */
  readonly inode?: string | undefined;
  readonly algorithms: readonly HashAlgorithm[];
  /** What the file will have in the end. `git-sha1` needs it: git hashes the length first. */
  readonly expectedSizeBytes?: number | null | undefined;
  /** Permission bits of a new file. @default 0o644 */
  readonly mode?: number | undefined;
  /** Stops the opening only. */
  readonly signal?: AbortSignal | undefined;
}

/** A file that was written whole and is durable; its name is, once the folder is fsynced. */
export interface FinishedFile {
  readonly sizeBytes: number;
  /** Of all bytes, those that were there before included. `git-sha1` only when the size is the expected one. */
  readonly digests: Readonly<Partial<Record<HashAlgorithm, string>>>;
}

/** A chunk and where it belongs. */
export interface SinkChunk {
  readonly bytes: Uint8Array;
  /** From the file's start. */
  readonly positionBytes: number;
  /**
   * Called when nobody looks at `bytes` any more; with it, large chunks in shared memory are used where they are. Without
   * it `bytes` may be used again as soon as the call returns.
   */
  readonly release?: (() => void) | undefined;
}

/**
 * A file that is written in an io worker, at several places at once, while it is hashed from its start. The error of a
 * queued write comes with the next call; after an error only {@link FileSink.abort} works. The caller ends every sink, by
 * `finish` or by `abort`.
 */
export interface FileSink {
  readonly path: string;
  /** Where the file is, as decimal text. */
  readonly device: string;
  readonly inode: string;
  /** Bytes in the file and on their way to it. */
  readonly accepted: ReadonlyByteRanges;
  readonly bytesAccepted: number;
  /** Bytes from the start that the hashes have seen, as far as is known. */
  readonly bytesHashed: number;
  /**
   * Takes a chunk. Waits while the writer is behind. Calls for different places may
   * overlap; no byte is written twice.
   *
   * @throws `io.disk-full`, `io.failed`, `workers.died`, `core.invalid-argument` for bytes that were taken before, `signal.reason`
   */
  write(chunk: SinkChunk, signal?: AbortSignal): Promise<void>;
  /**
   * Makes what was taken so far durable (fdatasync), beside the writing and hashing. One call at a time.
   *
   * @returns the bytes that are durable
   * @throws like {@link FileSink.write}; a failed fdatasync is never tried again
   */
  sync(): Promise<readonly ByteRange[]>;
  /**
   * Waits for every write, checks the size, fsyncs and closes.
   *
   * @throws like {@link FileSink.write}, `io.failed` when a byte is missing
   */
  finish(): Promise<FinishedFile>;
  /** Closes the file as it is. Does nothing when the sink has ended. */
  abort(): Promise<void>;
}
