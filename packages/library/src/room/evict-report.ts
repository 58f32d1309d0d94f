import type { ModelRecord } from '@modelkeep/core';

/**
 * Why a model stays: `pinned` by a person, `linked` by an app on this machine, `leased` by a process that works with it,
 * `external` files are not the library's, `other-volume`: room is made on another one, `offline` or `read-only`: its volume
 * is not here or cannot be written, `not-fetchable`: it could not be had again, `source-unknown`: whether it could,
 * nobody could tell just now, `shared`: other models that stay hold its weights, so that little would be freed,
 * `last-copy`: no other server of the fleet has it,
 * `newer-format`: a newer version of modelkeep has written it, `evicted` already, `changed` meanwhile, `not-needed`: enough was freed without it.
 */
export type StayReason =
  | 'pinned'
  | 'linked'
  | 'leased'
  | 'external'
  | 'other-volume'
  | 'offline'
  | 'read-only'
  | 'not-fetchable'
  | 'source-unknown'
  | 'shared'
  | 'last-copy'
  | 'newer-format'
  | 'evicted'
  | 'changed'
  | 'not-needed';

/** A reason with words for people. */
export interface Stay {
  readonly why: StayReason;
  readonly detail: string;
}

/** A model that stays. Plain data. */
export interface KeptModel extends Stay {
  readonly modelId: string;
  readonly slug: string;
  /** Its volume, where it is not the first one. */
  readonly volumeId?: string | undefined;
}

/** A model whose files went, or would go. Plain data. */
export interface EvictedModel {
  readonly modelId: string;
  readonly slug: string;
  /** Its volume, where it is not the first one. */
  readonly volumeId?: string | undefined;
  /** On this machine, or when it came: ISO 8601. */
  readonly lastUsedAt: string;
  /** What the drive gets back, with those before it. */
  readonly bytes: number;
}

/** What an eviction did, or would do. Plain data. */
export interface EvictReport {
  readonly dryRun: boolean;
  readonly bytesWanted: number;
  /** What the drive has got back, or would. */
  readonly bytesFreed: number;
  /** The least recently used first. */
  readonly evicted: readonly EvictedModel[];
  readonly stays: readonly KeptModel[];
}

/** How room is made. */
export interface EvictOptions {
  /** Models go until so much is free that was not. */
  readonly freeBytes: number;
  /** Ids, prefixes of ids or slugs of those that may go. @default all models */
  readonly models?: readonly string[] | undefined;
  /**
   * Id, start of an id or label of the volume where room is made; `first` is the library's own folder, `all` is every
   * volume that is here. @default the volume with the least room left, or all of them where `models` are named
   */
  readonly volume?: string | undefined;
  /** Only tells what would be done. @default false */
  readonly dryRun?: boolean | undefined;
  /** Whether models may go that cannot be had again from where they came from. @default false */
  readonly unfetchable?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Knows more of a model than the library: null where it may go. */
export type AskStay = (model: ModelRecord, signal?: AbortSignal) => Promise<Stay | null>;

/** What {@link EvictOptions} are for a library alone: links and sources are others' business. */
export interface EvictModelsOptions extends EvictOptions {
  /** Asked of each model that would go, at the end of the plan and again while nobody else changes the model. */
  readonly stays?: { readonly plan: AskStay; readonly now: AskStay } | undefined;
}
