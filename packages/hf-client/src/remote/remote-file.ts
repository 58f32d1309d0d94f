import type { ByteSource } from '@modelkeep/core';

/** How much a {@link RemoteFile} reads ahead and keeps. */
export interface RemoteFileLimits {
  /** Bytes of the first request, and of the first one after a jump. @default 524_288 */
  readonly firstReadBytes?: number | undefined;
  /** The most bytes of one request; reading on doubles up to it. @default 4_194_304 */
  readonly maxReadBytes?: number | undefined;
  /** Bytes that are kept to be read again. @default 16_777_216 */
  readonly cacheBytes?: number | undefined;
}

/** A file on a server, read in parts. One request at a time. */
export interface RemoteFile extends ByteSource, AsyncDisposable {
  /** The URL that was opened. */
  readonly url: string;
  /** The commit that it is from, 40 hex; null for what is no file of a hub. */
  readonly commit: string | null;
  /** Hash of the whole content, 64 hex, as a hub tells it; it is not checked by reading parts. */
  readonly sha256: string | null;
  /** Git's hash of the whole content, 40 hex, as a hub tells it. */
  readonly gitSha1: string | null;
  /** Bytes of content that were received so far. */
  readonly bytesFetched: number;
  /**
   * Bytes from memory or from the server, read ahead.
   *
   * @throws `hub.file-changed` when the file is not the one that was opened, `hub.no-ranges` when the server stops to
   * serve parts, `core.closed`, `network.*`, `signal.reason`
   */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** Ends what is under way and forgets what was kept. */
  close(): Promise<void>;
}
