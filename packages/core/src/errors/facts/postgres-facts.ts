/** Errors of a Postgres that several machines share. Addresses are without user, password and query. */
export interface PostgresErrorFacts {
  /** The server cannot be reached, or has cut the connection: what was asked for may or may not have been done. */
  'postgres.unavailable': { readonly url: string; readonly reason: string };
  /** The server does not let this user in, or not do this. */
  'postgres.denied': { readonly url: string; readonly sqlState: string };
  /** A statement took too long, and was ended. */
  'postgres.timeout': { readonly url: string };
  /** A statement failed. */
  'postgres.failed': { readonly url: string; readonly sqlState: string };
  /** The server is too old. */
  'postgres.unsupported': { readonly url: string; readonly found: string; readonly supported: string };
  /** The tables were made by a newer version of modelkeep. */
  'postgres.schema-newer': {
    readonly url: string;
    readonly schema: string;
    readonly found: number;
    readonly supported: number;
  };
  /** A row that modelkeep did not write so. */
  'postgres.corrupt-row': { readonly table: string; readonly key: string; readonly reason: string };
}
