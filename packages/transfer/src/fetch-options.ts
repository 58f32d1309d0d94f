import type { Clock, Logger } from '@modelkeep/core';
import type { Io } from '@modelkeep/io';
import type { ConnectionBudget } from './connections/connection-budget.ts';
import type { ByteRateLimiter } from './limits/byte-rate-limiter.ts';
import type { FetchSource } from './sources/fetch-source.ts';
import type { TransferHttp } from './transfer-http.ts';

/** What is known of a file before it is fetched. Null and absent mean: not known. */
export interface ExpectedContent {
  readonly sizeBytes?: number | null | undefined;
  /** 64 lower-case hex. */
  readonly sha256?: string | null | undefined;
  /** Git's hash of the bytes as a blob, 40 lower-case hex. */
  readonly gitSha1?: string | null | undefined;
  /** The ETag at `url`, without `W/` and quotes. Another one at the source means that the file was changed. */
  readonly etag?: string | null | undefined;
}

/** How far a fetch is. */
export interface TransferProgress {
  /** Bytes of the file that are here, those of earlier runs included. */
  readonly bytesOnDisk: number;
  /** Bytes from the file's start that are hashed: the whole file is compared when all of them are. */
  readonly bytesVerified: number;
  /** Null while it is not known. */
  readonly bytesTotal: number | null;
  /** Bytes that came over the network in this call. */
  readonly bytesFetched: number;
  /** Connections that bytes come over. */
  readonly connections: number;
}

/** What all kinds of fetching take. */
export interface FetchOptions {
  readonly http: TransferHttp;
  readonly io: Io;
  readonly url: string;
  /** Sent to the exact origin of `url` only. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Other places of the same content, tried in order: one that fails is left for the next while the download goes on.
   * Bytes of several sources make one file only where a digest is expected.
   */
  readonly mirrors?: readonly FetchSource[] | undefined;
  /**
   * Connections for one file at most. It starts with one and takes more while the rate grows by them. 1 asks for the file
   * in one piece. @default 8
   */
  readonly maxConnections?: number | undefined;
  /** Shared by all downloads that count together. @default one of 8 per origin for this download alone */
  readonly connections?: ConnectionBudget | undefined;
  /** All of them are asked for each chunk. @default as fast as it comes */
  readonly limiters?: readonly ByteRateLimiter[] | undefined;
  readonly expected?: ExpectedContent | undefined;
  /** A folder on the same drive that takes what turned out to be wrong, for a look at it. @default it is removed */
  readonly quarantine?: string | undefined;
  /** Pauses: what is on disk stays and is resumed by the next call. Its reason is thrown as it is. */
  readonly signal?: AbortSignal | undefined;
  /** At most ten times a second, and at the end. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  readonly logger?: Logger | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** From 0 to below 1, for the jitter of the waits. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** What {@link fetchToPart} fetches, and where to. */
export interface FetchToPartOptions extends FetchOptions {
  /** The file's name for messages. */
  readonly file: string;
  /** Where the bytes go; its folder exists. Names that begin with it in the same folder belong to the engine. */
  readonly part: string;
  /** Where the engine writes down what is durable. Names that begin with it in the same folder belong to the engine. */
  readonly journal: string;
}

/** What the bytes were compared with: `none` when nothing was known. */
export type Verification = 'sha256' | 'git-sha1' | 'size' | 'none';

/** A file that is whole, durable and closed. */
export interface VerifiedPart {
  /** Where it is: the `part` that was asked for, or a file beside it when another process writes that one. */
  readonly part: string;
  /** Which file it is, as decimal text. */
  readonly device: string;
  readonly inode: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly blake3: string;
  /** Only when it was expected. */
  readonly gitSha1: string | null;
  /** Bytes that came over the network in this call. */
  readonly bytesFetched: number;
  /** Bytes that an earlier call had left and that were used. */
  readonly resumedFromBytes: number;
  readonly verified: Verification;
}
