import type { Clock, Logger, ModelRecord } from '@modelkeep/core';
import type { HubClient } from '@modelkeep/hf-client';
import type { Io } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import type { HttpClient } from '@modelkeep/network';

/** @internal What a download works with. */
export interface DownloadContext {
  readonly http: HttpClient;
  readonly hub: HubClient;
  readonly store: LibraryStore;
  readonly io: Io;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a download gave. */
export interface DownloadResult {
  /** The models that the files make, those that were here already included. */
  readonly models: readonly ModelRecord[];
  /** Bytes that came over the network for this result in this call. */
  readonly bytesFetched: number;
  /** Bytes that an earlier download, which did not end, had left. */
  readonly bytesResumed: number;
  /** Bytes that the library had already. */
  readonly bytesPresent: number;
}
