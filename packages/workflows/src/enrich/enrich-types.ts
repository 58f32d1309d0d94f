import type { CivitaiClient, MissStore } from '@modelkeep/civitai-client';
import type { Clock, Logger } from '@modelkeep/core';
import type { Identifier } from '@modelkeep/formats';
import type { HubLookup, TreeStore } from '@modelkeep/hf-client';
import type { FileSystem } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import type { HttpClient } from '@modelkeep/network';

/** @internal What {@link enrichLibrary} works with. */
export interface EnrichContext {
  readonly store: LibraryStore;
  readonly civitai: CivitaiClient;
  readonly lookup: HubLookup;
  readonly trees: TreeStore;
  readonly http: HttpClient;
  readonly identifier: Pick<Identifier, 'readPicture'>;
  readonly fileSystem: Pick<FileSystem, 'readdir'>;
  /** Files that no hub has told of. */
  readonly hubMisses: MissStore;
  /** Addresses that gave no picture, and models that hold none. */
  readonly previewMisses: MissStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How models are enriched. */
export interface EnrichOptions {
  /** Ids, prefixes of ids or slugs. @default all models */
  readonly models?: readonly string[] | undefined;
  /** Asks nobody, and tells what is left to ask. @default false */
  readonly offline?: boolean | undefined;
  /**
   * `known` looks in the file lists of repos that were seen before; `search` also asks the hub for files of a like name,
   * which takes several requests for each model. @default 'known'
   */
  readonly hub?: 'known' | 'search' | undefined;
  /** Whether each model's own page is read too: its description, its tags, its maker. One request for each. @default false */
  readonly pages?: boolean | undefined;
  /**
   * Pictures for models of the library that have none. `local` takes what stands beside the file that a model was imported
   * from and what its own files hold; `fetch` then what Civitai or a model card shows of it. Each is kept as it is, as
   * `<stem>.preview.<extension>`. @default 'local'
   */
  readonly previews?: 'local' | 'fetch' | 'none' | undefined;
  /**
   * The highest rating of a picture that is fetched, in Civitai's words: 1 PG, 2 PG-13, 4 R, 8 X, 16 XXX. The lowest that
   * there is comes first; 32 takes pictures without a rating too. @default 1
   */
  readonly previewNsfwLevel?: number | undefined;
  /** Asks again what was asked before. @default false */
  readonly renew?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A source that is asked over the network. */
export type AskedSource = 'civitai' | 'hub' | 'preview';

/** A model that somebody has yet to be asked about. */
export interface LeftToAsk {
  readonly id: string;
  readonly name: string;
  readonly sources: readonly AskedSource[];
  readonly reason: 'offline' | 'failed';
}

/** A model that gained something. */
export interface EnrichedModel {
  readonly id: string;
  readonly name: string;
  /** What told it; `local`: its sidecars, or better rules for its headers; `preview`: it has a picture now. */
  readonly sources: readonly ('local' | 'civitai' | 'hub' | 'preview')[];
}

/** A source that could not be asked to the end. */
export interface EnrichFailure {
  readonly source: AskedSource;
  /** The model where it failed; null for many at once. */
  readonly modelId: string | null;
  readonly code: string;
  readonly message: string;
}

/** What enriching gave. Plain data. */
export interface EnrichReport {
  readonly total: number;
  readonly updated: readonly EnrichedModel[];
  /** Models that the site does not know, now or as it said before. */
  readonly unknown: number;
  /** Models outside the library without a picture: none is written into the folders of others. */
  readonly previewsOutside: number;
  /** Hashes that the site was asked for in this run. */
  readonly hashesAsked: number;
  /** What is left to ask. */
  readonly left: readonly LeftToAsk[];
  readonly failures: readonly EnrichFailure[];
}
