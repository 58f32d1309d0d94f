export type { PostgresOptions } from './connection/pool-options.ts';
export { openPostgresState, type OpenedPostgres, type OpenPostgresStateOptions } from './state/open-postgres-state.ts';
