import type { PostgresConnection } from '../connection/postgres-connection.ts';

/** @internal What the tables of the state share. */
export interface StateContext {
  readonly connection: PostgresConnection;
  readonly libraryId: string;
  /** By the clock of this process; the order of changes is that of the versions. */
  readonly now: () => Date;
  /** Tells the others, after a commit. */
  readonly tell: () => void;
}
