/** What a collection of garbage found, or did with it. Plain data. */
export interface GarbageItem {
  /**
   * `blob`: content that no model needs; it goes to the trash. `trashed-blob`: one that has been there for the grace time.
   * `deleted-model`: the folder of a model that was deleted. `quarantined`: bytes that were not what they should be.
   * `leftover`: what a transaction, or a process in the midst of writing a file, left that nobody finishes.
   */
  readonly kind: 'blob' | 'trashed-blob' | 'deleted-model' | 'quarantined' | 'leftover';
  /** Below the library's folder, or that of the volume, `/` between segments. */
  readonly path: string;
  /** The volume, where it is not the first one. */
  readonly volumeId?: string | undefined;
  /** `trash` can be taken back until the grace time is over, `delete` cannot. */
  readonly step: 'trash' | 'delete';
  readonly sizeBytes: number;
  /** What the drive gets back when it is deleted: nothing where a name outside of the library keeps the bytes. */
  readonly freedBytes: number;
  /** Names of the same bytes that stay, such as a hard link in an app's folder. */
  readonly otherNames: number;
  /** Why it is garbage, for people. */
  readonly reason: string;
}

/** What a collection of garbage did, or would do. Plain data. */
export interface GcReport {
  readonly dryRun: boolean;
  readonly items: readonly GarbageItem[];
  /** SHA-256 of contents that were in the trash and are needed again. */
  readonly restored: readonly string[];
  /** Models that a process which died was about to give another place, and that were brought there now. */
  readonly moved?: readonly string[] | undefined;
  /** Blobs that a model, a transaction or a pin needs. */
  readonly needed: number;
  /** Blobs that nothing needs and that are younger than the grace time. */
  readonly young: number;
  /** Bytes of the blobs that go to the trash, and what of them the drive gets back after the grace time. */
  readonly bytesToTrash: number;
  readonly bytesReclaimable: number;
  /** What the drive gets back now. Bytes that reflinks share are counted as if they were not shared. */
  readonly bytesFreed: number;
}

/** How garbage is collected. */
export interface GcOptions {
  /** Only tells what would be done. @default false */
  readonly dryRun?: boolean | undefined;
  /** Blobs younger than this stay, and the trash keeps them this long, in milliseconds. @default 24 hours */
  readonly graceMs?: number | undefined;
  /** How long bytes in quarantine are kept for a person to look at, in milliseconds. @default 30 days */
  readonly quarantineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal */
export interface GcTimes {
  readonly graceMs: number;
  readonly quarantineMs: number;
}
