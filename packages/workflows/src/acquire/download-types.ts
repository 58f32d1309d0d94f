import type { CivitaiClient } from '@modelkeep/civitai-client';
import type { ByteSource, Clock, Logger, ModelRecord } from '@modelkeep/core';
import type { Identification, IdentifyOptions } from '@modelkeep/formats';
import type { HubClient } from '@modelkeep/hf-client';
import type { CommitOptions, LibraryStore, RoomForFiles } from '@modelkeep/library';
import type { HttpClient } from '@modelkeep/network';
import type { Transfers, Verification } from '@modelkeep/transfer';
import type { AddressBook } from './address-book.ts';
import type { DownloadPlan } from './download-plan.ts';

/** @internal What a download works with. */
export interface DownloadContext {
  readonly http: HttpClient;
  readonly hub: HubClient;
  readonly civitai: CivitaiClient;
  readonly store: LibraryStore;
  readonly transfers: Transfers;
  readonly addresses: AddressBook;
  /** For one file. @default 8 */
  readonly maxConnections?: number | undefined;
  /** What is said of the models beside what the plan tells: asked when everything is fetched. */
  readonly describe?: ((plan: DownloadPlan, signal: AbortSignal) => Promise<Pick<CommitOptions, 'adjust'>>) | undefined;
  /** Leads links to a model that was outside the library and is its own now. */
  readonly onTakenIn?: ((model: ModelRecord, signal: AbortSignal) => Promise<void>) | undefined;
  /** Tells what weights are from their headers. */
  readonly identify: (sources: readonly ByteSource[], options: IdentifyOptions) => Promise<Identification>;
  /** Makes room where files go, where it is allowed to. */
  readonly makeRoom?: ((room: RoomForFiles, signal: AbortSignal) => Promise<void>) | undefined;
  /** Aborts when nobody is waited for any more. */
  readonly leaving?: AbortSignal | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How a download is run. */
export interface DownloadOptions {
  /** Its files go before those of downloads with a lower one. @default 0 */
  readonly priority?: number | undefined;
  /** Beside the limit of the library. @default no limit */
  readonly maxBytesPerSecond?: number | null | undefined;
  /**
   * When a gate has to be accepted or a token to be given: `wait` is a phase of the progress that `resume` ends, `fail`
   * rejects `result` with `workflows.waiting-for-user`. @default 'wait'
   */
  readonly whenUserIsNeeded?: 'wait' | 'fail' | undefined;
  /**
   * Whether models may be evicted, the least recently used first, where the volume that it goes to has no room for it, on
   * its drive or within its quota. @default false
   */
  readonly makeRoom?: boolean | undefined;
  /**
   * Id, start of an id or label of the volume for new models. @default the library's rule: what has the same weights,
   * else that of their type, which the source or the headers of the weights tell, else its default
   */
  readonly volume?: string | undefined;
  /** Hears which file it is, as its source calls it, whose failure ends the download. @default nobody hears of it */
  readonly onFileFailed?: ((name: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A file of a download. */
export interface DownloadedFile {
  /** As its source calls it. */
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** What its bytes were compared with. By `size` and `none` nobody has vouched for the content. */
  readonly verified: Verification;
}

/** What a download gave. */
export interface DownloadResult {
  /** The models that the files make, those that were here already included. */
  readonly models: readonly ModelRecord[];
  /** All files of the plan, those that were here already included. */
  readonly files: readonly DownloadedFile[];
  /** Bytes that came over the network for this result in this call. */
  readonly bytesFetched: number;
  /** Bytes that an earlier download, which did not end, had left. */
  readonly bytesResumed: number;
  /** Bytes that the library had already. */
  readonly bytesPresent: number;
}
