/** Something that happened to a server, or to a model on one. */
export interface ServerChange {
  readonly kind: ServerChangeKind;
  readonly serverId: string;
  /** Of the model; null where the change is of the server. */
  readonly sha256: string | null;
  /** How many servers had the model afterwards; null where the change is of the server. */
  readonly copies: number | null;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * `registered`: it is new, or says something else of itself. `silent`: it was not heard of in time; `back`: it is again.
 * `inventory`: so much changed there at once that models are not told one by one. The rest is of one model.
 */
export type ServerChangeKind =
  | 'registered'
  | 'removed'
  | 'silent'
  | 'back'
  | 'inventory'
  | 'appeared'
  | 'vanished'
  | 'corrupt';

/** What happened after a cursor. */
export interface ServerChanges {
  /** The oldest first. */
  readonly changes: readonly ServerChange[];
  /** Where to go on. */
  readonly cursor: string;
  /** There was no cursor, or it is too old or of another store: read everything, then go on from the new one. */
  readonly resync: boolean;
}
