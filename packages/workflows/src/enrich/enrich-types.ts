import type { CivitaiClient, MissStore } from '@modelkeep/civitai-client';
import type { Clock, Logger } from '@modelkeep/core';
import type { HubLookup, TreeStore } from '@modelkeep/hf-client';
import type { LibraryStore } from '@modelkeep/library';

/** @internal What {@link enrichLibrary} works with. */
export interface EnrichContext {
  readonly store: LibraryStore;
  readonly civitai: CivitaiClient;
  readonly lookup: HubLookup;
  readonly trees: TreeStore;
  /** Files that no hub has told of. */
  readonly hubMisses: MissStore;
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
  /** Asks again what was asked before. @default false */
  readonly renew?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A source that is asked over the network. */
export type AskedSource = 'civitai' | 'hub';

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
  /** What told it; `local`: its sidecars, or better rules for its headers. */
  readonly sources: readonly ('local' | 'civitai' | 'hub')[];
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
  /** Hashes that the site was asked for in this run. */
  readonly hashesAsked: number;
  /** What is left to ask. */
  readonly left: readonly LeftToAsk[];
  readonly failures: readonly EnrichFailure[];
}
