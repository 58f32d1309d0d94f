/** What a change is about. A later version may know more words. */
export const stateTopics = ['declared', 'manifest', 'progress', 'repos', 'artifacts', 'tokens'] as const;
export type StateTopic = (typeof stateTopics)[number];

/** Something that was written or deleted. What it is now is read by its key. */
export interface StateChange {
  readonly topic: StateTopic;
  /** The key of a model; the id of a repo or an artifact; the origin of a token. */
  readonly key: string;
  /** Null for what all libraries share. */
  readonly libraryId: string | null;
}

/** What happened after a cursor. */
export interface StateChangePage {
  /**
   * The oldest first. Of several changes of one entry the latest alone need be told. A change that is told twice is no
   * defect, one that is never told is.
   */
  readonly changes: readonly StateChange[];
  /** Where to go on; opaque. */
  readonly cursor: string;
  /** The cursor is too old, or of another state: read everything, then go on from the new cursor. */
  readonly resync: boolean;
}

/** What goes with a look at what happens. */
export interface StateChangesOptions {
  /** The cursor of the last page that was seen. @default now: the first page says `resync` and has the cursor to start with */
  readonly since?: string | undefined;
  /** @default all */
  readonly topics?: readonly StateTopic[] | undefined;
  /** `all`: also what happens in other libraries that share the state. @default 'own' */
  readonly libraries?: 'own' | 'all' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What goes with a subscription. */
export interface StateSubscription extends Omit<StateChangesOptions, 'signal'> {
  /** Called when the feed ends with an error: nothing comes after it. @default the error is logged */
  readonly onError?: ((error: unknown) => void) | undefined;
}
