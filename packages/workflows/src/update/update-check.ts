/** What a file of a model is at its source now, compared with what is here. Plain data. */
export interface FileChange {
  /** In the repo as it is now; of one that is gone as it was. */
  readonly path: string;
  /** `renamed`: the same bytes under another name. */
  readonly change: 'added' | 'changed' | 'removed' | 'renamed';
  /** Here, and at the source; null where there is none. */
  readonly bytesHere: number | null;
  readonly bytesThere: number | null;
}

/**
 * How a model stands to its source. `current`: nothing of it has changed there. `outdated`: something has. `superseded`: the
 * library has a newer version of it. `fixed`: a commit was asked for, which never changes. `gone`: the repo, the revision
 * or the model's weights are not there any more, so that what is here may be all there is. `no-access`: it is gone, or
 * private. `unreachable`: the hub could not be asked. `untracked`: it comes from nowhere that has revisions.
 */
export type UpdateState =
  | 'current'
  | 'outdated'
  | 'superseded'
  | 'fixed'
  | 'gone'
  | 'no-access'
  | 'unreachable'
  | 'untracked';

/** A repo that a model comes from. */
export interface TrackedSource {
  readonly endpoint: string;
  readonly repo: string;
  /** Branch, tag or commit that was asked for. */
  readonly revision: string;
}

/** What was found out about one model. Plain data. */
export interface UpdateCheck {
  readonly modelId: string;
  readonly slug: string;
  readonly state: UpdateState;
  /** Null for what is untracked. */
  readonly source: TrackedSource | null;
  /** What the revision is now, 40 hex; null where nobody could tell. */
  readonly commit: string | null;
  /** The name of the repo now, where it was renamed. */
  readonly movedTo: string | null;
  readonly changes: readonly FileChange[];
  /** What an update would fetch: contents that are here under any name are not. */
  readonly bytesToFetch: number;
  /** For people: why the state is what it is. */
  readonly reason: string;
}

/** Which models are looked at. */
export interface CheckUpdatesOptions {
  /** Ids, prefixes of ids or slugs. @default all models, of each its newest version */
  readonly models?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was found out. Plain data. */
export interface UpdatesReport {
  /** In the order of the models. */
  readonly models: readonly UpdateCheck[];
  readonly outdated: number;
  readonly bytesToFetch: number;
  /** Whether the hub could not be asked about some of them. */
  readonly offline: boolean;
}
