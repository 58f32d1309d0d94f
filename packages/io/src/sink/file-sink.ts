import type { HashAlgorithm } from '../hashing/hasher.ts';

/** What {@link Io.openSink} opens. */
export interface OpenSinkOptions {
  readonly path: string;
  /**
   * Continues an existing file: it is cut to this length, and read back and hashed while new bytes come in. Without it
   * the file must not exist.
   */
  readonly resumeAtBytes?: number | undefined;
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

/**
 * A file that is written from its end on, in an io worker, while it is hashed. The error of a queued write comes with the
 * next call; after an error only {@link FileSink.abort} works. The caller ends every sink, by `finish` or by `abort`.
 */
export interface FileSink {
  readonly path: string;
  /** Where the file is, as decimal text. */
  readonly device: string;
  readonly inode: string;
  /** Bytes in the file and on their way to it. */
  readonly bytesAccepted: number;
  /**
   * Takes a chunk, which may be used again at once. Waits while the writer is behind. One call at a time.
   *
   * @throws `io.disk-full`, `io.failed`, `workers.died`, `signal.reason`
   */
  write(chunk: Uint8Array, signal?: AbortSignal): Promise<void>;
  /**
   * Makes what was taken so far durable (fdatasync). May run beside `write`.
   *
   * @returns the bytes from the file's start that are durable
   * @throws like {@link FileSink.write}; a failed fdatasync is never tried again
   */
  sync(): Promise<number>;
  /** Waits for every write, checks the size, fsyncs and closes. */
  finish(): Promise<FinishedFile>;
  /** Closes the file as it is. Does nothing when the sink has ended. */
  abort(): Promise<void>;
}
