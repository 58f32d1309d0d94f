import { ModelkeepError } from '@modelkeep/core';
import type * as postgresPackage from '@modelkeep/postgres';
import type { OpenShared } from '@modelkeep/workflows';
import type { DatabaseOptions } from './open-library-options.ts';

type PostgresPackage = Pick<typeof postgresPackage, 'openPostgresState'>;

/** @internal How what machines share is opened; undefined where nothing is shared. */
export function openShared(
  database: DatabaseOptions | null,
  loadPackage: () => Promise<PostgresPackage> = () => import('@modelkeep/postgres'),
): OpenShared | undefined {
  if (database === null) return undefined;
  const { url, schema, tokenKey } = database;
  return async (context) => {
    const { openPostgresState } = await load(loadPackage);
    return openPostgresState({ connectionString: url, schema, tokenKey, ...context });
  };
}

async function load(loadPackage: () => Promise<PostgresPackage>): Promise<PostgresPackage> {
  try {
    return await loadPackage();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    if (!isMissing || !message.includes('@modelkeep/postgres')) throw error;
    throw new ModelkeepError('core.not-installed', {
      message: 'a database is asked for, and @modelkeep/postgres is not installed',
      facts: { package: '@modelkeep/postgres' },
      hint: 'npm install @modelkeep/postgres; or open with database: null, or without DATABASE_URL',
      cause: error,
    });
  }
}
