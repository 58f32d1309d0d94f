import type { Logger } from '@modelkeep/core';
import type { Pool } from 'pg';

/** Where the database is. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. @default none: then a `pool` is given */
  readonly connectionString?: string | undefined;
  /** A pool of the caller's, who ends it. Its timeouts are the caller's too. */
  readonly pool?: Pool | undefined;
  /** Where the tables are: 1 to 40 lower-case letters, digits and `_`. @default 'modelkeep' */
  readonly schema?: string | undefined;
  /** Connections at most, of which one listens for state and one for jobs while somebody follows them. Not for a `pool` of the caller's. @default 8 */
  readonly maxConnections?: number | undefined;
  /** How long a statement may take, in milliseconds. Not for a `pool` of the caller's. @default 30_000 */
  readonly statementTimeoutMs?: number | undefined;
  /** How long to wait for a connection, in milliseconds. Not for a `pool` of the caller's. @default 10_000 */
  readonly connectTimeoutMs?: number | undefined;
  /** @default says nothing */
  readonly logger?: Logger | undefined;
}
