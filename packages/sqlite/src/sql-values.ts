/** What can be bound. Booleans become 1 and 0, undefined becomes null, safe integers become INTEGER (not REAL). */
export type SqlValue = string | number | bigint | boolean | Uint8Array | null | undefined;

/** Values for `?` by place, or for `:name`, `$name` and `@name` by the bare name. */
export type SqlParams = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;

/** A row that was read: columns by name. Integers beyond 2^53 - 1 cannot be read. */
export type SqlRow = Readonly<Record<string, string | number | bigint | Uint8Array | null>>;

/** One statement of a transaction. */
export interface SqlStatement {
  readonly sql: string;
  readonly params?: SqlParams | undefined;
  /** Runs the statement once for each of these instead of once for `params`. */
  readonly paramRows?: readonly SqlParams[] | undefined;
}

/** What a statement did. */
export interface SqlResult {
  /** Rows that were inserted, updated or deleted; 0 for a statement that returns rows. */
  readonly changes: number;
  /** The rows that a `select`, a `pragma` or a `returning` clause gave. */
  readonly rows: readonly SqlRow[];
}
