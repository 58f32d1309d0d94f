/** What goes with every call. */
export interface StateCall {
  readonly signal?: AbortSignal | undefined;
}

/** What goes with a read of entries that each library has its own of. */
export interface StateRead extends StateCall {
  /** `all`: those of every library that shares the state. Where nothing is shared they are the same. @default 'own' */
  readonly libraries?: 'own' | 'all' | undefined;
}

/** What goes with a change of an entry. */
export interface ChangeCall extends StateCall {
  /** The version that the caller has read: another one is a `fleet.conflict`. 0 means "not there". @default any */
  readonly ifVersion?: number | undefined;
}

/** What every entry carries. */
export interface Versioned {
  /** Grows with each change of the entry, and is never the same twice for a key, also when it was deleted between. */
  readonly version: number;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** What every entry carries that belongs to one library. */
export interface OfLibrary {
  readonly libraryId: string;
}
